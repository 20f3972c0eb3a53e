"""What a sign-in by a provider is answered with besides a token: what the provider said, and who it is."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from chalicelib.auth.oauth2.exchange import Grant
from chalicelib.auth.oauth2.users import Said, User
from chalicelib.records.present import present
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record


def describe_said(user: User, grant: Grant, said: Said) -> dict[str, Any]:
    """What the client is told of the provider's answer."""
    named = asdict(user)
    avatar = named.pop("avatar_url")
    return {
        **named,
        "avatarURL": avatar,
        "avatarUrl": avatar,
        "accessToken": grant.access,
        "refreshToken": grant.refresh,
        "expiry": grant.expires,
        "rawUser": dict(said),
    }


def show_whole(
    answered: Mapping[str, Any], record: Record, request: RequestInfo, related: RelatedRecords
) -> dict[str, Any]:
    """The answer to a superuser who lets somebody in: hidden fields are shown, as after any creation."""
    (whole,) = present([record], replace(request, query={}), related)
    return {**answered, "record": dict(sorted({**whole, **answered["record"]}.items()))}
