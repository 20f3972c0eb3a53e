"""A code becomes a token: the provider is asked for it, in the two ways in which providers want that."""

import base64
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

from chalicelib import clock
from chalicelib.auth.oauth2.configured import exchange_url_of, has_pkce
from chalicelib.auth.oauth2.outgoing import Answer, Call, CallFailed, ask
from chalicelib.frozen import dataclass
from chalicelib.schema.auth_options import OAuth2Provider

FORM = "application/x-www-form-urlencoded"
LONGEST_LIFE = 2**31
SECONDS = re.compile(r"[0-9]{1,19}")
CODE_REFUSED, CLIENT_REFUSED = "invalid_grant", (400, 401, 403, 422)


@dataclass(frozen=True)
class Grant:
    """What a provider gave for a code."""

    access: str = field(repr=False)
    kind: str = ""
    refresh: str = field(default="", repr=False)
    expires: str = ""
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def authorization(self) -> str:
        """The header that shows it."""
        return f"{'Bearer' if self.kind.lower() in ('', 'bearer') else self.kind} {self.access}"


@dataclass(frozen=True)
class Code:
    """What the client brings back from the provider."""

    code: str = field(repr=False)
    verifier: str = field(default="", repr=False)
    redirect_url: str = ""


def fetch_grant(provider: OAuth2Provider, code: Code) -> Grant:
    """The token for a code. Raises CallFailed.

    The client shows who it is in a header; a provider that may not take that is asked again, by the body. No
    code is shown again that has been looked at, nor to who does not answer.
    """
    said = {
        "grant_type": "authorization_code",
        "code": code.code,
        **({"redirect_uri": code.redirect_url} if code.redirect_url else {}),
        **({"code_verifier": code.verifier} if has_pkce(provider) else {}),
    }
    names = quote_plus(provider.client_id), quote_plus(provider.client_secret)
    basic = base64.b64encode(":".join(names).encode()).decode()
    answer = _ask(provider, said, {"Authorization": f"Basic {basic}"})
    if _is_about_client(answer):
        own = {"client_id": provider.client_id, "client_secret": provider.client_secret}
        answer = _ask(provider, {**said, **own}, {})
    return read_grant(answer)


def _is_about_client(answer: Answer) -> bool:
    """Whether a refusal may be about how the client was shown: providers say that in many ways."""
    try:
        error = _read(answer).get("error")
    except CallFailed:
        error = None
    if answer.is_success:
        return bool(error) and error != CODE_REFUSED
    return answer.status in CLIENT_REFUSED and error != CODE_REFUSED


def read_grant(answer: Answer) -> Grant:
    """A provider's answer, JSON or a form. Raises CallFailed."""
    said = _read(answer) if answer.is_success else {}
    access = said.get("access_token")
    if not isinstance(access, str) or not access or said.get("error"):
        raise CallFailed("no token")
    refresh, kind = said.get("refresh_token") or "", said.get("token_type") or ""
    if not isinstance(refresh, str) or not isinstance(kind, str):
        raise CallFailed("no text")
    return Grant(access, kind, refresh, _expiry(said.get("expires_in")), said)


def _ask(provider: OAuth2Provider, said: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    body = urlencode(sorted(said.items())).encode()
    return ask(Call(exchange_url_of(provider), "POST", {"Content-Type": FORM, **headers}, body))


def _read(answer: Answer) -> Mapping[str, Any]:
    if answer.headers.get("content-type", "").startswith((FORM, "text/plain")):
        return dict(parse_qsl(answer.body.decode("utf-8", "replace")))
    said = answer.json()
    return said if isinstance(said, dict) else {}


def _expiry(seconds: Any) -> str:
    """When a token that is good for so many seconds ends; "" when nothing is said."""
    if seconds is None:
        return ""
    if isinstance(seconds, bool) or not SECONDS.fullmatch(str(seconds)):
        raise CallFailed("no number of seconds")
    lasting = min(int(seconds), LONGEST_LIFE)
    return clock.to_text(clock.now() + timedelta(seconds=lasting)) if lasting else ""
