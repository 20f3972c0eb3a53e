"""What a client needs to send somebody to a provider: where to, and the texts that come back or prove it."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

from chalicelib import ids
from chalicelib.auth.oauth2.configured import auth_url_of, has_pkce, row_of
from chalicelib.schema.auth_options import AuthOptions, OAuth2Provider
from chalicelib.schema.providers import PROVIDERS, Provider

STATE_LENGTH, VERIFIER_LENGTH = 30, 43


def describe_providers(options: AuthOptions) -> list[dict[str, Any]]:
    """The providers of a collection, none when they are off; each time with another state and verifier."""
    return [_describe(each) for each in options.oauth2.providers] if options.oauth2.enabled else []


def list_known_providers() -> list[dict[str, str]]:
    """All providers that a collection may name."""
    return [
        {"name": name, "displayName": row.title, "logo": draw_logo(row)} for name, row in PROVIDERS.items()
    ]


def draw_logo(row: Provider) -> str:
    """A mark of our own: the provider's first letter on its colour."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 48 48">'
        f'<rect width="48" height="48" rx="10" fill="{row.color}"/>'
        '<text x="24" y="33" font-family="sans-serif" font-size="26" font-weight="700" text-anchor="middle"'
        f' fill="{_ink_on(row.color)}">{row.title[0].upper()}</text></svg>'
    )


def challenge_of(verifier: str) -> str:
    """What the provider is told of a verifier, by the method S256.

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _describe(provider: OAuth2Provider) -> dict[str, Any]:
    row, state = row_of(provider), ids.random_text(STATE_LENGTH)
    verifier = ids.random_text(VERIFIER_LENGTH) if has_pkce(provider) else ""
    proof = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"} if verifier else {}
    url = _url(provider, {**proof, "state": state})
    return {
        "name": provider.name,
        "displayName": provider.display_name or row.title,
        "logo": draw_logo(row),
        "state": state,
        "authURL": url,
        "authUrl": url,
        "codeVerifier": verifier,
        "codeChallenge": proof.get("code_challenge", ""),
        "codeChallengeMethod": proof.get("code_challenge_method", ""),
    }


def _url(provider: OAuth2Provider, own: dict[str, str]) -> str:
    """Where to send somebody; what is missing is the address to come back to, which the client appends."""
    row, base = row_of(provider), auth_url_of(provider)
    scope = {"scope": " ".join(row.scopes)} if row.scopes else {}
    said = {"client_id": provider.client_id, "response_type": "code", **scope, **row.auth_parameters, **own}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(sorted(said.items()))}&redirect_uri="


def _ink_on(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if red * 299 + green * 587 + blue * 114 > 150_000 else "#ffffff"
