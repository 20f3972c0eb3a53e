"""Id tokens: claims about a user that a provider signed for this client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib import clock
from chalicelib.auth.oauth2.exchange import Grant
from chalicelib.auth.oauth2.outgoing import Call, CallFailed, ask
from chalicelib.schema.auth_options import OAuth2Provider
from chalicelib.security.key_sets import Key, unverified_claims, verified_claims

APPLE_KEYS = "https://appleid.apple.com/auth/keys"
KEPT_MILLISECONDS = 5 * 60 * 1000
# A provider's clock may be ahead of ours when it says when a token was issued.
AHEAD_SECONDS = 300


@dataclass
class _Memory:
    """The key sets that this process has read, by address, each with when it was."""

    read: dict[str, tuple[float, list[Key]]] = field(default_factory=dict)


_memory = _Memory()


def check_id_token(
    provider: OAuth2Provider, grant: Grant, keys_url: str, issuers: Sequence[str]
) -> Mapping[str, Any]:
    """The claims of the id token that came with a token. Raises CallFailed.

    Without an address of keys the signature is not checked: the token came from the provider itself.
    """
    token = grant.said.get("id_token")
    if not isinstance(token, str):
        raise CallFailed("no id token")
    claims = (
        verified_claims(token, lambda kid: _find_key(keys_url, kid)) if keys_url else unverified_claims(token)
    )
    if not claims or not _is_for(claims, provider.client_id) or not is_current(claims):
        raise CallFailed("an id token that is not valid")
    if issuers and claims.get("iss") not in issuers:
        raise CallFailed("an id token of another issuer")
    return claims


def is_current(claims: Mapping[str, Any]) -> bool:
    """Not expired, and not from the future, as far as clocks agree. It must say when it expires."""
    now = clock.now().timestamp()
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times.values()):
        return False
    issued, begins = times.get("iat", now), times.get("nbf", now)
    return bool(times.get("exp", 0) > now >= begins and issued <= now + AHEAD_SECONDS)


def _is_for(claims: Mapping[str, Any], client: str) -> bool:
    audience = claims.get("aud")
    return client in audience if isinstance(audience, list) else audience == client


def _find_key(url: str, kid: str) -> Key | None:
    """The key of this name; one that is not known yet may have been added meanwhile."""
    for is_again in (False, True):
        found = next((key for key in _keys_of(url, is_again) if str(key.get("kid") or "") == kid), None)
        if found is not None:
            return found
    return None


def _keys_of(url: str, is_again: bool) -> list[Key]:
    read_at, keys = _memory.read.get(url, (None, []))
    now = clock.stopwatch()
    age = KEPT_MILLISECONDS if read_at is None else now - read_at
    # Unknown names come from whoever sends tokens: they have the keys read again once in a while only.
    if age < (KEPT_MILLISECONDS // 10 if is_again else KEPT_MILLISECONDS):
        return keys
    try:
        keys = _ask_for_keys(url)
    except CallFailed:
        if not keys:
            raise
        # What cannot be had again now is as good as it was; it is asked for again in a while.
        now -= KEPT_MILLISECONDS * 9 // 10
    _memory.read[url] = (now, keys)
    return keys


def _ask_for_keys(url: str) -> list[Key]:
    """Raises CallFailed for what is no key set."""
    answer = ask(Call(url))
    said = answer.json() if answer.is_success else None
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise CallFailed("no key set")
    return [key for key in listed if isinstance(key, dict)]
