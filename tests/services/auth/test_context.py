"""Which auth collection a request is about."""

import pytest

from chalicelib.auth.context import auth_options, get_any_collection, get_auth_collection
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.errors import NotFound
from chalicelib.storage.engine import Engine


@pytest.mark.parametrize("name", ["users", "USERS", "_pb_users_auth_", "_superusers"])
def test_by_name_or_id(defaults: Engine, name: str) -> None:
    assert get_auth_collection(name, get_catalog()).name == name.lower().replace("_pb_users_auth_", "users")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "Missing or invalid collection context."),
        ("_mfas", "Missing or invalid auth collection context."),
    ],
)
def test_missing(defaults: Engine, name: str, message: str) -> None:
    with pytest.raises(NotFound) as caught:
        get_auth_collection(name, get_catalog())
    assert caught.value.message == message


def test_of_any_type(defaults: Engine) -> None:
    assert get_any_collection("_mfas", get_catalog()).name == "_mfas"


def test_options(defaults: Engine) -> None:
    assert auth_options(get_collection("users")).password_auth.enabled
    with pytest.raises(NotFound):
        auth_options(get_collection("_mfas"))
