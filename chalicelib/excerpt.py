"""HTML shortened to a few plain words, for ``:excerpt(n)``."""

import html
import re
from collections.abc import Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What separates nothing: "a<b>b</b>" reads "ab", where "a<p>b</p>" reads "a b".
INLINE = _words(
    "a abbr acronym b bdo big br cite code em html head body i img input label q small span strike strong "
    "sub sup time u"
)
# What is no text at all.
UNREAD = _words(
    "applet button dialog embed form frameset iframe noframes noscript object option picture script select "
    "style svg template textarea title"
)
_TAG = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <(/?)([a-zA-Z][^\s/<>]*)(?:"[^"]*"|'[^']*'|[^<>"'])*+(?:>|\Z)
    | <[!?/][^<>]*(?:>|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES = re.compile(r"[ \t\n\f\r]+")


def shorten(text: str, length: int, with_ellipsis: bool) -> str:
    """At most `length` characters of what a reader of the HTML would see."""
    plain = _SPACES.sub(" ", "".join(_read(text))).strip()
    if len(plain) <= length:
        return plain
    return plain[:length].strip() + ("..." if with_ellipsis else "")


def _read(text: str) -> Iterator[str]:
    """The pieces of text between tags, and a space for each tag that separates."""
    position, unread = 0, ""
    for tag in _TAG.finditer(text):
        if not unread:
            yield html.unescape(text[position : tag.start()])
        position, name = tag.end(), (tag[2] or "").lower()
        if unread:
            unread = "" if name == unread and tag[1] else unread
        elif name in UNREAD and not tag[1] and name != "embed":
            unread = name
        elif name and name not in INLINE:
            yield " "
    if not unread:
        yield html.unescape(text[position:])
