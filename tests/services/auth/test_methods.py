"""What sign-in forms are told."""

from typing import Any

import pytest

from chalicelib.auth.methods import list_auth_methods
from chalicelib.schema.auth_options import Mfa, OAuth2, OAuth2Provider, Otp, PasswordAuth
from chalicelib.storage.engine import Engine
from tests.people import set_auth_options

DEFAULT = {
    "password": {"identityFields": ["email"], "enabled": True},
    "oauth2": {"providers": [], "enabled": False},
    "mfa": {"enabled": False, "duration": 0},
    "otp": {"enabled": False, "duration": 0},
    "authProviders": [],
    "usernamePassword": False,
    "emailPassword": True,
}

CONFIGURED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    (
        {"password_auth": PasswordAuth(enabled=False, identity_fields=("email", "username"))},
        {"password": {"identityFields": [], "enabled": False}, "emailPassword": False},
    ),
    (
        {"password_auth": PasswordAuth(enabled=True, identity_fields=("username",))},
        {
            "password": {"identityFields": ["username"], "enabled": True},
            "emailPassword": False,
            "usernamePassword": True,
        },
    ),
    ({"mfa": Mfa(enabled=True, duration=600)}, {"mfa": {"enabled": True, "duration": 600}}),
    ({"mfa": Mfa(enabled=False, duration=600)}, {}),
    ({"otp": Otp(enabled=True, duration=180)}, {"otp": {"enabled": True, "duration": 180}}),
    ({"oauth2": OAuth2(enabled=True)}, {"oauth2": {"providers": [], "enabled": True}}),
    ({"oauth2": OAuth2(providers=(OAuth2Provider(name="google", client_id="x"),))}, {}),
]


@pytest.mark.parametrize(("options", "changed"), CONFIGURED)
def test_listed(defaults: Engine, options: dict[str, Any], changed: dict[str, Any]) -> None:
    set_auth_options("users", **options)
    listed = list_auth_methods("users")
    assert listed == {**DEFAULT, **changed}
    assert list(listed) == list(DEFAULT)


def test_providers_are_listed_for_old_clients_too(defaults: Engine) -> None:
    google = OAuth2Provider(name="google", client_id="x")
    set_auth_options("users", oauth2=OAuth2(enabled=True, providers=(google,)))
    listed = list_auth_methods("users")
    assert [each["name"] for each in listed["oauth2"]["providers"]] == ["google"]
    assert listed["authProviders"] == listed["oauth2"]["providers"]
