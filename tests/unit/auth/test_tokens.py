"""Tokens of auth records: what they say and what signs them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.auth.tokens import bearer_of, new_auth_token, parse_token, signing_key
from chalicelib.schema.auth_options import AuthOptions, TokenConfig
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.security.jwt import sign_token, unsafe_read_claims

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPTIONS = AuthOptions(
    auth_token=TokenConfig(secret="a" * 50, duration=100),
    file_token=TokenConfig(secret="f" * 50, duration=10),
)
USERS = Collection(id="c1", name="users", type="auth", auth=OPTIONS)
ANN = Record(USERS, {"id": "ann", "tokenKey": "k" * 50})

BEARERS = [
    ("abc", "abc"),
    ("Bearer abc", "abc"),
    ("bearer abc", "abc"),
    ("BEARER abc", "abc"),
    ("  abc  ", "abc"),
    ("Bearer  abc", " abc"),
    ("Bearer\tabc", "Bearer\tabc"),
    ("Basic abc", "Basic abc"),
    ("Bearer Bearer abc", "Bearer abc"),
    ("", ""),
    ("Bearer", "Bearer"),
]


@pytest.mark.parametrize(("header", "token"), BEARERS)
def test_bearer(header: str, token: str) -> None:
    assert bearer_of(header) == token


def test_a_new_token_says_what_pocketbases_say() -> None:
    before = clock.now().timestamp()
    claims = dict(unsafe_read_claims(new_auth_token(ANN)))
    assert before + 98 <= claims.pop("exp") <= before + 102
    assert claims == {"collectionId": "c1", "id": "ann", "refreshable": True, "type": "auth"}


def test_a_new_token_is_its_records_own() -> None:
    token = parse_token(new_auth_token(ANN))
    assert token is not None
    assert token.is_signed_for(ANN, clock.now())


OTHERS = {
    "another token key": replace(ANN, values={**ANN.values, "tokenKey": "x" * 50}),
    "no token key": replace(ANN, values={"id": "ann"}),
    "empty token key": replace(ANN, values={**ANN.values, "tokenKey": ""}),
    "another secret": replace(
        ANN, collection=replace(USERS, auth=replace(OPTIONS, auth_token=TokenConfig(secret="z" * 50)))
    ),
    "no secret": replace(ANN, collection=replace(USERS, auth=replace(OPTIONS, auth_token=TokenConfig()))),
    "no auth collection": replace(ANN, collection=replace(USERS, auth=None)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_elses(name: str) -> None:
    token = parse_token(new_auth_token(ANN))
    assert token is not None
    assert not token.is_signed_for(OTHERS[name], clock.now())


def test_each_type_has_a_secret_of_its_own() -> None:
    assert signing_key(ANN, "auth") == "k" * 50 + "a" * 50
    assert signing_key(ANN, "file") == "k" * 50 + "f" * 50


CLAIMS = {"type": "auth", "id": "ann", "collectionId": "c1"}
UNPARSED: list[dict[str, Any]] = [
    {},
    {**CLAIMS, "type": "nope"},
    {**CLAIMS, "type": ""},
    {**CLAIMS, "type": ["auth"]},
    {**CLAIMS, "id": ""},
    {**CLAIMS, "id": 5},
    {**CLAIMS, "id": None},
    {**CLAIMS, "id": "x" * 256},
    {**CLAIMS, "id": "a\x00b"},
    {**CLAIMS, "id": "\ud800"},
    {**CLAIMS, "collectionId": {}},
    {**CLAIMS, "collectionId": "x" * 300},
    {"type": "auth", "id": "ann"},
    {"id": "ann", "collectionId": "c1"},
]


@pytest.mark.parametrize("claims", UNPARSED)
def test_what_names_nobody_is_no_token(claims: dict[str, Any]) -> None:
    assert parse_token(sign_token(claims, "k" * 64, NOW)) is None


@pytest.mark.parametrize(
    ("refreshable", "expected"), [(True, True), (False, False), (None, False), ("true", False), (1, False)]
)
def test_only_true_is_refreshable(refreshable: object, expected: bool) -> None:
    token = parse_token(sign_token({**CLAIMS, "refreshable": refreshable}, "k" * 64, NOW))
    assert token is not None
    assert token.is_refreshable is expected
