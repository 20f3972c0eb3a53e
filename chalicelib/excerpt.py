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
# As a browser reads them: a tag ends at ">", whatever else is in it, and only a value may be in quotes.
# Nothing that starts to match fails later, so the text is gone through once.
_TAG = re.compile(
    r"""
      <!--(?:-?>|.*?(?:--!?>|\Z))
    | <(/?)([a-zA-Z][^ \t\n\f\r/>]*+)
      (?:
          [ \t\n\f\r/]++
        | [^ \t\n\f\r/>][^ \t\n\f\r/=>]*+
          (?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>]*+))?+
      )*+(?:>|\Z)
    | <(?:[!?]|/(?!\Z))[^>]*+(?:>|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_END_OF = {name: re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE | re.ASCII) for name in UNREAD}
_SPACES = re.compile(r"[ \t\n\f\r]+")


def shorten(text: str, length: int, with_ellipsis: bool) -> str:
    """At most `length` characters of what a reader of the HTML would see."""
    plain = _SPACES.sub(" ", "".join(_read(text))).strip()
    if len(plain) <= length:
        return plain
    return plain[:length].strip() + ("..." if with_ellipsis else "")


def _read(text: str) -> Iterator[str]:
    """The pieces of text between tags, and a space for each tag that separates."""
    position = 0
    while tag := _TAG.search(text, position):
        yield html.unescape(text[position : tag.start()])
        position, name = tag.end(), (tag[2] or "").lower()
        if name in UNREAD and name != "embed" and not tag[1]:
            end = _END_OF[name].search(text, position)
            position = end.start() if end else len(text)
        elif name and name not in INLINE and name not in UNREAD:
            yield " "
    yield html.unescape(text[position:])
