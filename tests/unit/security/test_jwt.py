"""Tokens: what is accepted and, above all, what is not."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.security.jwt import read_token, sign_token, unsafe_read_claims

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEY = "k" * 50 + "s" * 50
CLAIMS = {"type": "auth", "id": "abc", "refreshable": True, "collectionId": "c1"}
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def forge(claims: Any, header: dict[str, Any] | None = None, key: str = KEY, digest: str = "HS256") -> str:
    """A token made by hand."""
    head = encode(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{encode(claims if isinstance(claims, bytes) else json.dumps(claims).encode())}"
    return f"{signed}.{encode(hmac.new(key.encode(), signed.encode(), HASHES[digest]).digest())}"


def test_exactly_as_pocketbase_signs() -> None:
    token = sign_token(CLAIMS, KEY, NOW)
    header, claims, _ = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    assert header == b'{"alg":"HS256","typ":"JWT"}'
    assert claims == b'{"collectionId":"c1","exp":1767225600,"id":"abc","refreshable":true,"type":"auth"}'


def test_read_back() -> None:
    token = sign_token(CLAIMS, KEY, NOW + timedelta(seconds=1))
    assert read_token(token, KEY, NOW) == {**CLAIMS, "exp": SECONDS + 1}
    assert unsafe_read_claims(token) == {**CLAIMS, "exp": SECONDS + 1}


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("expires later", {"exp": SECONDS + 1}),
    ("expires at a fraction", {"exp": SECONDS + 0.5}),
    ("never expires", {}),
    ("zero is no expiry", {"exp": 0}),
    ("issued now", {"iat": SECONDS}),
    ("other claims", {"aud": "x", "iss": 1, "sub": 1, "foo": None}),
]

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("expired", {"exp": SECONDS - 1}),
    ("expires now", {"exp": SECONDS}),
    ("negative expiry", {"exp": -1}),
    ("expiry as text", {"exp": str(SECONDS + 9)}),
    ("expiry null", {"exp": None}),
    ("expiry true", {"exp": True}),
    ("expiry a list", {"exp": [SECONDS + 9]}),
    ("not valid before later", {"exp": SECONDS + 9, "nbf": SECONDS + 1}),
    ("issued in the future", {"exp": SECONDS + 9, "iat": SECONDS + 1}),
    ("issued at some text", {"exp": SECONDS + 9, "iat": "x"}),
]


@pytest.mark.parametrize(("name", "times"), ACCEPTED)
def test_accepted(name: str, times: dict[str, Any]) -> None:
    assert read_token(forge({**CLAIMS, **times}), KEY, NOW) is not None


@pytest.mark.parametrize(("name", "times"), REFUSED)
def test_refused(name: str, times: dict[str, Any]) -> None:
    assert read_token(forge({**CLAIMS, **times}), KEY, NOW) is None


GOOD = forge({**CLAIMS, "exp": SECONDS + 9})
UNSIGNED = GOOD.rpartition(".")[0]
FORGED = {
    "another key": forge(CLAIMS, key="x" * 100),
    "empty key": forge(CLAIMS, key=""),
    "alg none": forge(CLAIMS, {"alg": "none"}),
    "alg None": forge(CLAIMS, {"alg": "None"}),
    "alg lower case": forge(CLAIMS, {"alg": "hs256"}),
    "no alg": forge(CLAIMS, {"typ": "JWT"}),
    "alg HS384": forge(CLAIMS, {"alg": "HS384"}, digest="HS384"),
    "alg HS512": forge(CLAIMS, {"alg": "HS512"}, digest="HS512"),
    "alg RS256 over the same key": forge(CLAIMS, {"alg": "RS256"}),
    "alg none without signature": encode(b'{"alg":"none"}') + "." + encode(json.dumps(CLAIMS).encode()) + ".",
    "no signature": f"{UNSIGNED}.",
    "two parts": UNSIGNED,
    "four parts": f"{GOOD}.x",
    "other claims, old signature": ".".join(
        [GOOD.split(".")[0], encode(json.dumps({**CLAIMS, "id": "root"}).encode()), GOOD.split(".")[2]]
    ),
    "cut signature": GOOD[:-4],
    "signature of zeros": f"{UNSIGNED}.{encode(bytes(32))}",
    "claims a list": forge([1]),
    "claims a text": forge("x"),
    "claims no JSON": forge(b"{"),
    "claims not UTF-8": forge(b"\xff\xfe"),
    "empty": "",
    "dots": "..",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged(name: str) -> None:
    assert read_token(FORGED[name], KEY, NOW) is None


def test_one_key_does_not_open_the_others_tokens() -> None:
    assert read_token(GOOD, KEY[:-1] + "x", NOW) is None
    assert read_token(GOOD, KEY, NOW) is not None


ONE = encode(b'{"id":1}')
NO_CLAIMS = [
    "",
    "a",
    "a.b",
    "a.b.c",
    "..",
    "a.e30.",
    f"x.{ONE}=.x",
    f" x.{ONE}.x",
    f"x.{ONE}.x ",
    f"x.{ONE}.x.x",
    "x." + encode(b"[]") + ".x",
    "x." + encode(b"{") + ".x",
    "x." + encode(b"[" * 5000) + ".x",
    "x." + "A" * 9000 + ".x",
]


@pytest.mark.parametrize("token", NO_CLAIMS)
def test_claims_of_nothing(token: str) -> None:
    assert unsafe_read_claims(token) == {}


@given(st.text() | st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}"))
def test_no_text_raises(text: str) -> None:
    assert read_token(text, KEY, NOW) is None
    assert isinstance(unsafe_read_claims(text), dict)
