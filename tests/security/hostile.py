"""Requests that nobody means well with, made up from a seed: what routes are for (meant.py), spoiled.

The same seed makes the same request. Each of its spoils has its own chance, so that some can be left out to
see which of them it was.
"""

import json
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from tests.security.hostile_texts import FILES, HEADERS, HEADS, KEYS, QUERIES, TEXTS, TYPES, VALUES
from tests.security.hostile_world import World
from tests.security.meant import MEANT, Meant

FORM = "multipart/form-data; boundary=b"
BEARERS = ("", "ann", "root")
TOKEN_OF: Mapping[str, str] = {"ann": "ann_token", "root": "root"}
# What path may be asked of what else: names, ids and files that are there.
PLACES: Sequence[str] = (
    "users", "posts", "_superusers", "_otps", "_externalAuths", "seen", "bare", "<users>", "<ann>", "<post>",
    "<other>", "<otp>", "<file>", "<picture>", "a.zip", "<log>", "mine.zip", "thumbs_<picture>",
)  # fmt: skip
MOST_SPOILS = 4


@dataclass(frozen=True)
class Draft:
    """A request on its way to be spoiled. A `kind` of None is for what the body is to be sent as."""

    method: str
    parts: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any
    files: tuple[tuple[str, str, bytes], ...]
    by: str
    kind: str | None = None
    damage: int | None = None


@dataclass(frozen=True)
class Hostile:
    """A request to be sent; `by` names whose token goes along."""

    seed: int
    meant: Meant
    spoils: tuple[int, ...]
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        said = f"{self.method} {self.target} {dict(self.headers)} {self.body!r}"
        return f"{self.seed}, spoils {self.spoils}: {said[:3000]}"


Spoil = Callable[[Draft, random.Random], Draft]


def well_meant(meant: Meant, world: World, method: str = "") -> Hostile:
    """The request as it is meant."""
    return _finished(_draft_of(meant, method or meant.method), world, (0, meant, ()))


def make_request(world: World, seed: int, without: Collection[int] = ()) -> Hostile:
    """The request of this seed, without some of its spoils. What is meant comes in turn: none is left out."""
    chance = random.Random(seed)
    meant = MEANT[seed % len(MEANT)]
    is_head = meant.method == "GET" and chance.random() < 0.15
    draft = _draft_of(meant, "HEAD" if is_head else meant.method)
    spoils = tuple(each for each in range(chance.randint(1, MOST_SPOILS)) if each not in without)
    for each in spoils:
        own = random.Random(f"{seed}/{each}")
        draft = own.choices(list(SPOILS), list(SPOILS.values()))[0](draft, own)
    return _finished(draft, world, (seed, meant, spoils))


def _draft_of(meant: Meant, method: str) -> Draft:
    query = tuple(meant.query.items())
    return Draft(method, tuple(meant.path.split("/")), query, {}, meant.body, tuple(meant.files), meant.by)


def _finished(draft: Draft, world: World, made: tuple[int, Meant, tuple[int, ...]]) -> Hostile:
    path = "/".join(_quoted(world.fill(part)) or "%20" for part in draft.parts[1:])
    pairs = "&".join(f"{_quoted(name)}={_quoted(world.fill(text))}" for name, text in draft.query)
    kind, body = _encoded(draft, world)
    token = {"Authorization": world.names[TOKEN_OF[draft.by]]} if draft.by else {}
    said = {name: _of_header(world.fill(text)) for name, text in draft.headers.items()}
    headers = {**({"Content-Type": kind} if kind else {}), **token, **said}
    return Hostile(*made, draft.method, f"/{path}?{pairs}" if pairs else f"/{path}", headers, body)


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _of_header(text: str) -> str:
    """What a gateway lets into a header."""
    return "".join(letter for letter in text if letter.isprintable())[:10_000]


def _encoded(draft: Draft, world: World) -> tuple[str, bytes]:
    """The body's type and bytes."""
    if draft.body is None and not draft.files and draft.kind is None:
        return "", b""
    kind = draft.kind if draft.kind is not None else FORM if draft.files else "application/json"
    chance = random.Random(draft.damage)
    body = world.fill(draft.body)
    if "multipart" in kind:
        raw = _as_form(body, draft, chance)
    elif "urlencoded" in kind:
        pairs = body.items() if isinstance(body, Mapping) else ()
        raw = "&".join(f"{_quoted(str(k))}={_quoted(_as_text(v))}" for k, v in pairs).encode()
    else:
        raw = json.dumps(body).encode("utf-8", "surrogatepass")
    return kind, raw if draft.damage is None else _damaged(raw, chance)


def _as_form(body: Any, draft: Draft, chance: random.Random) -> bytes:
    """JSON as one part or as one for each value; each file a part."""
    values = body if isinstance(body, Mapping) else {"@jsonPayload": body}
    if any(isinstance(each, list | dict) for each in values.values()):
        values = {"@jsonPayload": values}
    parts = [
        _part(f'; name="{name}"', _as_text(value).encode("utf-8", "surrogatepass"))
        for name, value in values.items()
    ]
    for name, file, content in draft.files:
        head = chance.choice(HEADS) if draft.damage is not None else ""
        parts.append(_part(f'; name="{name}"; filename="{file}"{head}', content))
    return b"".join(parts) + b"--b--\r\n"


def _part(head: str, content: bytes) -> bytes:
    said = f"--b\r\nContent-Disposition: form-data{head}\r\n\r\n"
    return said.encode("utf-8", "surrogatepass") + content + b"\r\n"


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    text = chance.choice(TEXTS).encode("utf-8", "surrogatepass")
    return chance.choice(
        (
            raw[:at],
            raw[:at] + text + raw[at:],
            b"[" * 3000 + raw,
            raw * 2,
            raw[at:],
            raw[:at] + b"\xff" + raw[at:],
            raw,
        )
    )


def _spoil_path(draft: Draft, chance: random.Random) -> Draft:
    """Another collection, record or file, or none; of what is no name."""
    at = chance.randrange(3, len(draft.parts)) if len(draft.parts) > 3 else 0
    if not at:
        return draft
    text = chance.choice(PLACES if chance.random() < 0.6 else TEXTS)
    return replace(draft, parts=(*draft.parts[:at], text, *draft.parts[at + 1 :]))


def _spoil_query(draft: Draft, chance: random.Random) -> Draft:
    name = chance.choice(list(QUERIES))
    text = chance.choice(QUERIES[name] if chance.random() < 0.6 else TEXTS)
    kept = draft.query if chance.random() < 0.3 else tuple(each for each in draft.query if each[0] != name)
    return replace(draft, query=(*kept, (name, text)))


def _spoil_header(draft: Draft, chance: random.Random) -> Draft:
    name = chance.choice(list(HEADERS))
    text = chance.choice(HEADERS[name] if chance.random() < 0.7 else TEXTS)
    return replace(draft, headers={**draft.headers, name: text})


def _spoil_bearer(draft: Draft, chance: random.Random) -> Draft:
    return replace(draft, by=chance.choice(BEARERS))


def _spoil_kind(draft: Draft, chance: random.Random) -> Draft:
    return replace(draft, kind=chance.choice(TYPES))


def _spoil_bytes(draft: Draft, chance: random.Random) -> Draft:
    return replace(draft, damage=chance.randrange(2**32))


def _spoil_files(draft: Draft, chance: random.Random) -> Draft:
    name = chance.choice(("file", "file+", "avatar", "requests.0.file", "requests.9.file", *KEYS))
    kept = draft.files if chance.random() < 0.5 else ()
    return replace(draft, files=(*kept, (name, chance.choice(TEXTS), chance.choice(FILES))))


def _spoil_body(draft: Draft, chance: random.Random) -> Draft:
    if chance.random() < 0.03:
        return replace(draft, body=_value(chance, 0))
    return replace(draft, body=_spoiled({} if draft.body is None else draft.body, chance))


SPOILS: Mapping[Spoil, int] = {
    _spoil_body: 10,
    _spoil_path: 2,
    _spoil_query: 3,
    _spoil_header: 2,
    _spoil_bearer: 1,
    _spoil_kind: 1,
    _spoil_bytes: 1,
    _spoil_files: 1,
}


def _spoiled(value: Any, chance: random.Random) -> Any:
    """The value with one place in it, at whatever depth, made something else."""
    if isinstance(value, Mapping) and (not value or chance.random() < 0.25):
        return _other_keys(value, chance)
    if isinstance(value, Mapping):
        key = chance.choice(list(value))
        return {**value, key: _spoiled(value[key], chance)}
    if isinstance(value, list | tuple) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], _spoiled(value[at], chance), *value[at + 1 :]]
    return _other(value, chance)


def _other_keys(value: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """Without one of them, or with one more."""
    if value and chance.random() < 0.4:
        gone = chance.choice(list(value))
        return {key: each for key, each in value.items() if key != gone}
    return {**value, chance.choice(KEYS): _value(chance, 2)}


def _other(value: Any, chance: random.Random) -> Any:
    """Something near it, or anything."""
    near: Sequence[Any] = (
        [value],
        {"a": value},
        str(value),
        f"{value}\x00",
        f" {value} ",
        [value, value],
        None,
    )
    if isinstance(value, list | tuple):
        near = (*near, [*value, *value], [*value, _value(chance, 2)], [])
    if isinstance(value, int | float):
        near = (*near, -value, value * 10**9, value + 0.5, 0)
    return chance.choice(near) if chance.random() < 0.3 else _value(chance, 2)


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if kind < 0.45:
        return chance.choice((*TEXTS, *PLACES))
    if kind < 0.75 or depth > 3:
        return chance.choice(VALUES)
    if kind < 0.9:
        return {chance.choice(KEYS): _value(chance, depth + 1) for _ in range(chance.randint(0, 5))}
    return [_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
