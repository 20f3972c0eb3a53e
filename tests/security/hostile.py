"""Requests that nobody means well with: for every route, made up from a seed.

Names and values that mean something are mixed with what has broken parsers before, so that requests come past
the first refusal.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalice.app import RouteEntry

# No name of a host among them that is not ours: nothing may be called but this machine.
TEXTS: Sequence[str] = (
    *(
        "",
        " ",
        "0",
        "-1",
        "null",
        "true",
        "[]",
        "{}",
        "a",
        "users",
        "_superusers",
        "posts",
        "@rowid",
        "id",
        "*",
    ),
    *(
        "'",
        '"',
        "\\",
        "`",
        ";--",
        "\x00",
        "\r\nX-Evil: 1",
        "\n",
        "\t",
        "é",
        "\ud800",
        "\U0001f4a9",
        "\u202e",
        "%",
    ),
    *(
        "%00",
        "%2e%2e%2f",
        "../../etc/passwd",
        "..",
        "/",
        "//",
        "{collection}",
        "{TOKEN}",
        "{{7*7}}",
        "${7*7}",
    ),
    *("<script>alert(1)</script>", "a@b.c", "a@example.com", "a@example.com\r\nBcc: b@example.com"),
    *(
        "http://127.0.0.1:1/",
        "//127.0.0.1:1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "127.0.0.1",
        "::1",
    ),
    *(
        "1e999",
        "NaN",
        "-0",
        "9" * 400,
        "1" * 5000,
        "x" * 300,
        "(" * 200,
        "a:b:c",
        "a.b.c.d",
        "@request.auth.id",
    ),
    *(
        "id = 'a'",
        "id ~ '%'",
        "id ?= id && (id != id || 1=1)",
        "@collection.users.email != ''",
        "(((",
        "a && && b",
    ),
    *(
        "2026-13-99 99:99:99",
        "[a-z",
        "(a+)+$",
        "*:auth",
        "POST /api/",
        "* * * * *",
        "-" * 64,
        "A" * 15,
        "abc\ufeff",
    ),
)
VALUES: Sequence[Any] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**31,
        2**63,
        -(2**63) - 1,
        10**30,
        1e308,
        [],
        {},
        [[]],
        [None],
        {"": None},
    ),
    *(
        [{}] * 3,
        {"a": {"b": {"c": []}}},
        ["a"] * 300,
        [[[[[[[[[[]]]]]]]]]],
        {"__proto__": {"x": 1}},
        [1, "a", None],
    ),
)
KEYS: Sequence[str] = (
    *(
        "id",
        "email",
        "emailVisibility",
        "verified",
        "password",
        "passwordConfirm",
        "oldPassword",
        "tokenKey",
        "name",
    ),
    *("identity", "identityField", "otpId", "mfaId", "token", "newEmail", "provider", "code", "codeVerifier"),
    *(
        "redirectURL",
        "redirectUrl",
        "createData",
        "duration",
        "fields",
        "title",
        "title+",
        "+title",
        "tags-",
        "tags",
    ),
    *(
        "count",
        "count+",
        "data",
        "place",
        "due",
        "file",
        "file-",
        "owner",
        "expand",
        "type",
        "schema",
        "indexes",
    ),
    *(
        "listRule",
        "viewRule",
        "createRule",
        "updateRule",
        "deleteRule",
        "authRule",
        "manageRule",
        "otp",
        "mfa",
    ),
    *(
        "oauth2",
        "passwordAuth",
        "authToken",
        "collections",
        "deleteMissing",
        "requests",
        "method",
        "url",
        "body",
    ),
    *(
        "meta",
        "smtp",
        "s3",
        "backups",
        "batch",
        "logs",
        "rateLimits",
        "superuserIPs",
        "trustedProxy",
        "rules",
    ),
    *(
        "template",
        "collection",
        "filesystem",
        "clientId",
        "teamId",
        "keyId",
        "privateKey",
        "@jsonPayload",
        "size",
    ),
    *("", "constructor", "__class__", "pk", "sk", "a.b", "é", "\ud800", "\x00", "x" * 300),
)
QUERY: Sequence[str] = (
    *(
        "page",
        "perPage",
        "sort",
        "filter",
        "expand",
        "fields",
        "skipTotal",
        "cursor",
        "token",
        "thumb",
        "download",
    ),
    *("code", "state", "error", "redirect", "meta"),
)
HEADERS: Sequence[str] = (
    *(
        "Authorization",
        "X-Forwarded-For",
        "Range",
        "If-None-Match",
        "If-Modified-Since",
        "Origin",
        "Cookie",
        "Accept",
    ),
    *(
        "X-Request-Id",
        "User-Agent",
        "X-HTTP-Method-Override",
        "Accept-Encoding",
        "Content-Encoding",
        "Host",
        "Referer",
    ),
)
TYPES: Sequence[str] = (
    *(
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "text/plain",
        "",
    ),
    *(
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "application/xml",
        "a/b/c;;;",
        "APPLICATION/JSON",
    ),
)


ADDRESS, MANY_DIGITS = "a@example.com", "12345678"
# What routes want, by the end of their path: spoiled a little, it comes further than any nonsense.
WANTED: Mapping[str, Mapping[str, Any]] = {
    "/auth-with-oauth2": {
        "provider": "oidc",
        "code": "sub=1&email=a%40example.com&email_verified=true",
        "codeVerifier": "v",
        "redirectURL": "x",
        "createData": {"name": "a"},
    },
    "/auth-with-password": {"identity": ADDRESS, "password": MANY_DIGITS},
    "/auth-with-otp": {"otpId": "a" * 15, "password": MANY_DIGITS},
    "/api/batch": {
        "requests": [
            {"method": "POST", "url": "/api/collections/posts/records", "body": {"title": "a"}},
            {"method": "DELETE", "url": "/api/collections/users/records/annannannannann"},
        ]
    },
    "/request-otp": {"email": ADDRESS},
    "/request-password-reset": {"email": ADDRESS},
    "/request-verification": {"email": ADDRESS},
    "/request-email-change": {"newEmail": "b@example.com"},
    "/confirm-password-reset": {
        "token": "a.b.c",
        "password": MANY_DIGITS,
        "passwordConfirm": MANY_DIGITS,
    },
    "/impersonate/{record}": {"duration": 60},
    "/api/collections/{collection}/records": {"title": "a", "count": 1, "tags": ["a"]},
    "/api/collections": {"name": "made", "type": "base", "fields": [{"name": "title", "type": "text"}]},
    "/api/settings": {"meta": {"appName": "a"}, "batch": {"enabled": True}},
}


@dataclass(frozen=True)
class Hostile:
    """One request; `by` names whose token goes along."""

    seed: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    by: str

    def __str__(self) -> str:
        return f"{self.seed}: {self.by} {self.method} {self.target} {dict(self.headers)} {self.body!r}"[:2000]


def make_request(views: Sequence[RouteEntry], seed: int) -> Hostile:
    """The request of this seed: routes in turn, so that none is left out."""
    chance = random.Random(seed)
    view = views[seed % len(views)]
    pattern = view.uri_pattern
    if any(pattern.endswith(end) for end in WANTED if "{" not in end) and chance.random() < 0.5:
        pattern = pattern.replace("{collection}", "users")
    path = "/".join(_place(part, chance) for part in pattern.split("/"))
    pairs = [(chance.choice(QUERY), chance.choice(TEXTS)) for _ in range(chance.choice((0, 0, 1, 3)))]
    query = "&".join(f"{name}={quote(text, safe='', errors='surrogatepass')}" for name, text in pairs)
    kind = chance.choice(TYPES) if chance.random() < 0.4 else "application/json"
    headers = {"Content-Type": kind} if kind else {}
    if chance.random() < 0.3:
        headers[chance.choice(HEADERS)] = _of_header(chance.choice(TEXTS))
    target = f"{path}?{query}" if query else path
    return Hostile(
        seed,
        view.method,
        target,
        headers,
        _body(kind, view.uri_pattern, chance),
        chance.choice(("", "ann", "root", "root")),
    )


def _place(part: str, chance: random.Random) -> str:
    """What stands for a parameter: mostly something that exists."""
    if not part.startswith("{"):
        return part
    known = {
        "{collection}": ("users", "users", "posts", "_superusers", "_otps"),
        "{record}": ("annannannannann", "a" * 15),
    }
    text = chance.choice(known.get(part, ("a",)) if chance.random() < 0.7 else TEXTS)
    return quote(text, safe="", errors="surrogatepass") or "%20"


def _of_header(text: str) -> str:
    """What a gateway lets into a header."""
    return "".join(letter for letter in text if letter.isprintable())[:4000]


def _body(kind: str, path: str, chance: random.Random) -> bytes:
    if "json" in kind.lower():
        text = json.dumps(_value(chance, 0) if chance.random() < 0.1 else _asked_of(path, chance))
        return (_damaged(text, chance) if chance.random() < 0.15 else text).encode("utf-8", "surrogatepass")
    if "form-urlencoded" in kind:
        pairs = ((chance.choice(KEYS), chance.choice(TEXTS)) for _ in range(chance.randint(0, 6)))
        return "&".join(
            f"{quote(k, errors='surrogatepass')}={quote(v, errors='surrogatepass')}" for k, v in pairs
        ).encode()
    if "multipart" in kind:
        return b"".join(_part(chance) for _ in range(chance.randint(0, 5))) + chance.choice(
            (b"--b--\r\n", b"--b", b"")
        )
    return bytes(chance.randrange(256) for _ in range(chance.choice((0, 1, 50))))


def _part(chance: random.Random) -> bytes:
    name, text = chance.choice(KEYS), chance.choice(TEXTS)
    file = f'; filename="{chance.choice(TEXTS)}"' if chance.random() < 0.4 else ""
    said = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{text}\r\n'
    return said.encode("utf-8", "surrogatepass")


def _damaged(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return chance.choice(
        (text[:at], text[:at] + chance.choice(TEXTS) + text[at:], "[" * 3000 + text, text * 2)
    )


def _asked_of(path: str, chance: random.Random) -> Any:
    """What a route wants, with something else in some of its places; or anything."""
    wanted = next((WANTED[end] for end in WANTED if path.endswith(end)), None)
    return _object(chance, 0) if wanted is None or chance.random() < 0.25 else _spoiled(wanted, chance)


def _spoiled(wanted: Any, chance: random.Random) -> Any:
    if isinstance(wanted, Mapping):
        added = _object(chance, 3) if chance.random() < 0.2 else {}
        kept = {key: value for key, value in wanted.items() if chance.random() < 0.95}
        return {key: _spoiled(value, chance) for key, value in kept.items()} | added
    if isinstance(wanted, list):
        return [_spoiled(each, chance) for each in wanted]
    return _value(chance, 2) if chance.random() < 0.1 else wanted


def _object(chance: random.Random, depth: int) -> dict[str, Any]:
    return {chance.choice(KEYS): _value(chance, depth) for _ in range(chance.randint(0, 5))}


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if kind < 0.45:
        return chance.choice(TEXTS)
    if kind < 0.75 or depth > 3:
        return chance.choice(VALUES)
    if kind < 0.9:
        return _object(chance, depth + 1)
    return [_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
