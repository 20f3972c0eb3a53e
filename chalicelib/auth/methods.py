"""GET auth-methods: the ways to sign in that a collection offers."""

from typing import Any

from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.oauth2.methods import describe_providers
from chalicelib.collections.load import get_catalog_with
from chalicelib.schema.auth_options import AuthOptions, Mfa, Otp


def list_auth_methods(name_or_id: str) -> dict[str, Any]:
    """What a client needs to know to draw a sign-in form. The last three keys are what old clients read."""
    options = auth_options(get_auth_collection(name_or_id, get_catalog_with(name_or_id)))
    identity_fields = list(options.password_auth.identity_fields) if options.password_auth.enabled else []
    providers = describe_providers(options)
    return {
        "password": {"identityFields": identity_fields, "enabled": options.password_auth.enabled},
        "oauth2": {"providers": providers, "enabled": options.oauth2.enabled},
        **_timed_methods(options),
        "authProviders": providers,
        "usernamePassword": "username" in identity_fields,
        "emailPassword": "email" in identity_fields,
    }


def _timed_methods(options: AuthOptions) -> dict[str, Any]:
    timed: dict[str, Mfa | Otp] = {"mfa": options.mfa, "otp": options.otp}
    return {
        name: {"enabled": method.enabled, "duration": method.duration if method.enabled else 0}
        for name, method in timed.items()
    }
