"""Providers whose users no row of paths describes: a function each, from what is said to who it is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.auth.oauth2.configured import row_of, user_url_of
from chalicelib.auth.oauth2.exchange import Grant
from chalicelib.auth.oauth2.id_tokens import APPLE_KEYS, check_id_token
from chalicelib.auth.oauth2.outgoing import CallFailed
from chalicelib.auth.oauth2.users import Said, User, fetch_said, has_value, read_user, text_at, value_at
from chalicelib.frozen import dataclass
from chalicelib.schema.auth_options import OAuth2Provider

APPLE_ISSUERS = ("https://appleid.apple.com",)
GITEE_EMAILS = "https://gitee.com/api/v5/emails"
DATE = re.compile(r"[1-9]\d{3}-\d\d-\d\d")
TRUE_TEXTS = frozenset({"1", "t", "T", "true", "TRUE", "True"})


@dataclass(frozen=True)
class Reply:
    """A user as read by the row, and all that it was read from."""

    provider: OAuth2Provider
    grant: Grant
    said: Said
    user: User


def fetch_user(provider: OAuth2Provider, grant: Grant) -> tuple[User, Said]:
    """Who a token was given to, and what the provider said of them. Raises CallFailed."""
    said = SOURCES.get(provider.name, fetch_said)(provider, grant)
    if said is None:
        said = {}
    if not isinstance(said, Mapping):
        raise CallFailed("no user")
    reply = Reply(provider, grant, said, read_user(row_of(provider), said))
    return ODD[provider.name](reply) if provider.name in ODD else reply.user, said


def _said_by_oidc(provider: OAuth2Provider, grant: Grant) -> Any:
    """Where the user is told, or else the id token's claims."""
    if user_url_of(provider):
        return fetch_said(provider, grant)
    return check_id_token(provider, grant, str(provider.extra.get("jwksURL") or ""), _issuers(provider))


def _said_by_apple(provider: OAuth2Provider, grant: Grant) -> Any:
    return check_id_token(provider, grant, APPLE_KEYS, APPLE_ISSUERS)


def _issuers(provider: OAuth2Provider) -> tuple[str, ...]:
    """Who may have signed; () for anybody. Raises CallFailed for what can name nobody."""
    given = provider.extra.get("issuers")
    listed = [given] if isinstance(given, str) and given else given or []
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise CallFailed("issuers that are no list")
    return tuple(listed)


def _oidc(reply: Reply) -> User:
    """An e-mail counts when it is said to be verified, as a boolean or in words."""
    return reply.user if _is_true(reply.said.get("email_verified")) else replace(reply.user, email="")


def _yandex(reply: Reply) -> User:
    if has_value(reply.said, "is_avatar_empty", True):
        return reply.user
    picture = text_at(reply.said, "default_avatar_id")
    return replace(reply.user, avatar_url=f"https://avatars.yandex.net/get-yapic/{picture}/islands-200")


def _github(reply: Reply) -> User:
    """E-mails are a list of their own, which a token may not be good for: then there is none."""
    url = f"{user_url_of(reply.provider)}/emails"
    try:
        found = fetch_said(reply.provider, reply.grant, url)
    except CallFailed:
        return reply.user
    return replace(reply.user, email=_primary(found, "primary", "verified"))


def _bitbucket(reply: Reply) -> User:
    found = fetch_said(reply.provider, reply.grant, f"{user_url_of(reply.provider)}/emails")
    return replace(reply.user, email=_primary(value_at(found, "values"), "is_primary", "is_confirmed"))


def _gitlab(reply: Reply) -> User:
    """An e-mail counts from the day on when it was confirmed."""
    confirmed = text_at(reply.said, "confirmed_at")
    return reply.user if DATE.match(confirmed) else replace(reply.user, email="")


def _gitee(reply: Reply) -> User:
    """Whoever hides their e-mail may tell it in a list of their own: if not, there is none."""
    if "@" in reply.user.email:
        return reply.user
    try:
        found = _mappings(fetch_said(reply.provider, reply.grant, GITEE_EMAILS))
    except CallFailed:
        return replace(reply.user, email="")
    primary = [
        each for each in found if each.get("state") == "confirmed" and _lists(each.get("scope"), "primary")
    ]
    return replace(reply.user, email=text_at(primary[0], "email") if primary else "")


def _discord(reply: Reply) -> User:
    """Old accounts have a number after their name, and pictures are told by their hash."""
    user, said = reply.user, reply.said
    number, picture = text_at(said, "discriminator"), text_at(said, "avatar")
    full = f"{user.username}#{number}" if number not in ("", "0") else user.username
    url = f"https://cdn.discordapp.com/avatars/{user.id}/{picture}.png" if picture else ""
    return replace(user, name=user.name or full, avatar_url=url)


def _vk(reply: Reply) -> User:
    """The e-mail comes with the token; a part of the name may be missing."""
    if not reply.user.id:
        raise CallFailed("no user")
    email = reply.grant.said.get("email")
    return replace(reply.user, name=reply.user.name.strip(), email=email if isinstance(email, str) else "")


def _twitch(reply: Reply) -> User:
    if not reply.user.id:
        raise CallFailed("no user")
    return reply.user


def _wakatime(reply: Reply) -> User:
    is_public = has_value(reply.said, "data.photo_public", True)
    return reply.user if is_public else replace(reply.user, avatar_url="")


def _mailcow(reply: Reply) -> User:
    """Names are addresses."""
    return replace(reply.user, username=reply.user.username.partition("@")[0])


def _primary(listed: Any, primary: str, proof: str) -> str:
    read = [
        (text_at(each, "email"), has_value(each, primary, True), has_value(each, proof, True))
        for each in _mappings(listed)
    ]
    return next((email for email, is_primary, is_proved in read if is_primary and is_proved), "")


def _mappings(listed: Any) -> list[Mapping[str, Any]]:
    """What a list holds. Raises CallFailed for what is none, and for one of other things."""
    if not isinstance(listed, list | None):
        raise CallFailed("no list")
    found = [each for each in listed or () if each is not None]
    if not all(isinstance(each, Mapping) for each in found):
        raise CallFailed("a list of other things")
    return found


def _lists(listed: Any, name: str) -> bool:
    return isinstance(listed, list) and name in listed


def _is_true(value: Any) -> bool:
    if isinstance(value, str):
        return value in TRUE_TEXTS
    return isinstance(value, int | float) and value != 0


OIDC_NAMES = ("oidc", "oidc2", "oidc3")
# Where a user is told, if not at the provider's address for it.
SOURCES: Mapping[str, Callable[[OAuth2Provider, Grant], Any]] = {
    "apple": _said_by_apple,
    **dict.fromkeys(OIDC_NAMES, _said_by_oidc),
}
ODD: Mapping[str, Callable[[Reply], User]] = {
    "apple": _oidc,
    "bitbucket": _bitbucket,
    "discord": _discord,
    "gitea": _github,
    "gitee": _gitee,
    "github": _github,
    "gitlab": _gitlab,
    "mailcow": _mailcow,
    "twitch": _twitch,
    "vk": _vk,
    "wakatime": _wakatime,
    "yandex": _yandex,
    **dict.fromkeys(OIDC_NAMES, _oidc),
}
