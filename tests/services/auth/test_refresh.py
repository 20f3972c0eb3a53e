"""New tokens for old ones."""

from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.auth.refresh import refresh_sign_in
from chalicelib.auth.tokens import new_auth_token, signing_key
from chalicelib.errors import ApiError, Forbidden, NotFound, Unauthorized
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.security.jwt import sign_token, unsafe_read_claims
from chalicelib.storage.engine import Engine
from tests.people import add_person


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_person(id="annannannannann", email="ann@example.com")


def signed(record: Record, seconds: int, **claims: object) -> str:
    given = {"type": "auth", "id": record.id, "collectionId": record.collection.id, **claims}
    return sign_token(given, signing_key(record, "auth"), clock.now() + timedelta(seconds=seconds))


def as_(record: Record | None, token: str = "") -> RequestInfo:
    return RequestInfo(method="POST", auth=record, headers={"authorization": token})


def test_a_new_token_lives_longer(ann: Record) -> None:
    old = signed(ann, 10, refreshable=True)
    new = refresh_sign_in("users", as_(ann, f"Bearer {old}"))["token"]
    assert unsafe_read_claims(new)["exp"] > unsafe_read_claims(old)["exp"]


@pytest.mark.parametrize("claims", [{"refreshable": False}, {}])
def test_a_token_that_may_not_be_renewed_comes_back(ann: Record, claims: dict[str, object]) -> None:
    old = signed(ann, 10, **claims)
    assert refresh_sign_in("users", as_(ann, f"Bearer {old}"))["token"] == old


REFUSED: list[tuple[str, bool, type[ApiError], str]] = [
    ("users", False, Unauthorized, "The request requires valid record authorization token."),
    ("_mfas", False, Unauthorized, "The request requires valid record authorization token."),
    ("nope", False, NotFound, "Missing or invalid collection context."),
    ("nope", True, NotFound, "Missing or invalid collection context."),
    ("_superusers", True, Forbidden, "The request requires auth record from users collection."),
    ("_mfas", True, Forbidden, "The request requires auth record from users collection."),
]


@pytest.mark.parametrize(("collection", "signed_in", "error", "message"), REFUSED)
def test_refused(ann: Record, collection: str, signed_in: bool, error: type[ApiError], message: str) -> None:
    with pytest.raises(error) as caught:
        refresh_sign_in(collection, as_(ann if signed_in else None, new_auth_token(ann)))
    assert caught.value.message == message
