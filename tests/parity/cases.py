"""Case files: one request per line, sent to both servers.

``MAIL ann@a.example`` in place of method and target waits for the next mail to that address (mails.py).

A line is ``name | who | METHOD /target | option | option``. `who` is ``-`` (a guest) or the name of a kept
token; ``root`` is the superuser's. The options, in any order:

    {"title": "a"}          a JSON body, also [..] or ".."
    raw {"title":           a body as it is, said to be JSON
    form a=1&b=2            an urlencoded body
    multipart a=1&b=2       a multipart body
    file doc=a.txt=hello    a file in a multipart body: field, name, content, the last two percent-encoded
                            where need be; @png 30x20 and more are contents too (contents.py)
    header X-Name: value    a request header; an empty value takes a default one away
    keep post=id            later lines may say {post} for the answer's `id`, a dotted path or headers.x
    random users[0-9]+      what matches is random: any match is like any other
    unordered               the real server shuffles this answer's keys
    picture                 the answer is a picture: its format, size, mode and colours count, not its bytes
    is 200                  what the real server must answer, where the case makes sense only then

``let records = /api/...`` names a text for the lines below it; ``{x*300}`` is x three hundred times.
``#`` begins a comment line.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).parent / "cases"
_BODIES = ("json", "raw", "form", "multipart")
_OPTIONS = {*_BODIES, "file", "header", "keep", "random", "unordered", "picture", "is"}
_BARE = "!$%&'()*+,-./:;=?@_~"
_REPEAT = re.compile(r"\{(.)\*(\d+)\}")


@dataclass(frozen=True)
class Case:
    """One request, and what to do with its answer."""

    name: str
    who: str
    method: str
    target: str
    kind: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    keep: Mapping[str, str] = field(default_factory=dict)
    random: str = ""
    unordered: bool = False
    picture: bool = False
    status: int | None = None

    def __str__(self) -> str:
        return self.name


def read_cases(path: Path) -> list[Case]:
    """A file's cases, in order; their names begin with the file's."""
    cases = list(_read_lines(path.stem, path.read_text().splitlines()))
    names = [case.name for case in cases]
    repeated = {name for name in names if names.count(name) > 1}
    assert not repeated, f"case names are used twice: {repeated}"
    return cases


def _read_lines(group: str, lines: Iterable[str]) -> Iterator[Case]:
    texts: dict[str, str] = {}
    for line in lines:
        if line.startswith("let "):
            name, _, text = line[4:].partition(" = ")
            texts[name.strip()] = fill(text.strip(), texts)
        elif line.strip() and not line.startswith("#"):
            yield read_case(group, fill(line, texts))


def read_case(group: str, line: str) -> Case:
    """One line as a case."""
    name, who, request, *options = (part.strip() for part in line.split(" | "))
    method, _, target = request.partition(" ")
    found: dict[str, list[str]] = {}
    for option in options:
        word, rest = _read_option(option)
        found.setdefault(word, []).append(rest)
    return _build(f"{group}: {name}", who, method, target, found)


def _read_option(option: str) -> tuple[str, str]:
    if option.startswith(("{", "[", '"')):
        return "json", option
    word, _, rest = option.partition(" ")
    return word, rest


def _build(name: str, who: str, method: str, target: str, found: dict[str, list[str]]) -> Case:
    unknown = found.keys() - _OPTIONS
    assert not unknown, f"{name}: unknown options {unknown}"
    kind = next((kind for kind in _BODIES if kind in found), "multipart" if "file" in found else "")
    body = found.get(kind, [""])[0]
    if kind == "json":
        json.loads(body)
    headers = (text.partition(":") for text in found.get("header", []))
    keep = (pair.partition("=") for text in found.get("keep", []) for pair in text.split())
    status = found.get("is") or ["200"] * method.startswith("MAIL")
    return Case(
        name,
        who,
        method,
        target,
        kind,
        body,
        files=tuple(found.get("file", ())),
        headers=tuple((key.strip(), value.strip()) for key, _, value in headers),
        keep={key: path for key, _, path in keep},
        random=found["random"][0] if "random" in found else "",
        unordered="unordered" in found or "fields=" in target,
        picture="picture" in found,
        status=int(status[0]) if status else None,
    )


def fill(text: str, names: Mapping[str, str]) -> str:
    """`{name}` replaced for every known name, `{x*3}` by xxx; other braces stay: JSON is full of them."""
    for key, value in names.items():
        text = text.replace("{" + key + "}", value)
    return _REPEAT.sub(lambda found: found[1] * int(found[2]), text)


def as_sent(target: str) -> str:
    """A target with what HTTP does not allow percent-encoded; what is encoded already stays."""
    return quote(target, safe=_BARE)
