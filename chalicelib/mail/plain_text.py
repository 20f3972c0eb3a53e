"""A mail's text part, made of its HTML: lines for blocks, links with their address, lists with dashes."""

import re
from dataclasses import dataclass, field

INLINE = frozenset(("a", "b", "em", "i", "small", "span", "strike", "strong", "sub", "sup", "u"))
# What holds no text for a reader.
LEFT_OUT = frozenset(
    (
        *("applet", "button", "form", "iframe", "img", "input", "object"),
        *("option", "script", "select", "style", "svg", "template", "textarea"),
    )
)
ALONE = frozenset(("img", "input"))
_SPACE = re.compile(r"[\t\n\f\r ]+")
NEW_LINE = "\r\n"


def to_text(html: str) -> str:
    """The text that a piece of HTML shows.

    >>> to_text('<p>Hello,</p><p><a href="https://a.example/">Go   on</a></p>')
    'Hello,\\r\\n[Go on](https://a.example/)'
    """
    from html.parser import HTMLParser  # noqa: PLC0415 - 3 ms, for those that send

    writing = _Writing()

    class Reader(HTMLParser):
        """Tells the writing what comes."""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            writing.open(tag, dict(attrs).get("href") or "")

        def handle_endtag(self, tag: str) -> None:
            writing.close(tag)

        def handle_data(self, data: str) -> None:
            writing.add(data)

    reader = Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return writing.finish()


@dataclass
class _Writing:
    """The text so far. `links` are those that are open, with what is in them."""

    parts: list[str] = field(default_factory=list)
    links: list[tuple[str, list[str]]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_within_line: bool = False

    def open(self, tag: str, href: str) -> None:
        if tag in LEFT_OUT:
            self.left_out += [] if tag in ALONE else [tag]
        elif not self.left_out:
            if tag == "a":
                self.close("a")  # a link cannot be in another
                self.links.append((href, []))
            self._break(tag)
            self._here.append("- " if tag == "li" else "")

    def close(self, tag: str) -> None:
        if tag in self.left_out:
            self.left_out = self.left_out[: self.left_out.index(tag)]
        elif tag == "a" and self.links and not self.left_out:
            href, within = self.links.pop()
            self._here.append(f"[{''.join(within).strip() or 'LINK'}]{href and f'({href})'}")

    def add(self, text: str) -> None:
        text = _SPACE.sub(" ", text)
        text = text if self.is_within_line else text.lstrip(" ")
        if text and not self.left_out:
            self._here.append(text)
            self.is_within_line = True

    def finish(self) -> str:
        self.left_out = []  # what was never closed ends here, or no link would
        while self.links:
            self.close("a")
        return "".join(self.parts).strip()

    @property
    def _here(self) -> list[str]:
        return self.links[-1][1] if self.links else self.parts

    def _break(self, tag: str) -> None:
        """A line ends where a block begins, and with <br> always."""
        if tag == "br" or (self.is_within_line and tag not in INLINE):
            self._here.append(NEW_LINE)
            self.is_within_line = False
