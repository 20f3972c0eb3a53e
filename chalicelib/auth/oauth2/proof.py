"""What a sign-in by a provider proves about the record that is there already."""

from typing import Any

from chalicelib import ids
from chalicelib.auth.oauth2.users import User
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.record import Record


def as_proved(before: Record, user: User, request: RequestInfo) -> Record:
    """A record after one that the provider knows has signed in to it.

    Whoever made an unproved record knows its password, and may have made it to wait for its owner: from now
    on nobody knows it, unless it is the record itself that asks.
    """
    is_itself = request.auth is not None and (request.auth.collection.id, request.auth.id) == (
        before.collection.id,
        before.id,
    )
    email, is_verified = str(before.get("email") or ""), bool(before.get("verified"))
    changed: dict[str, Any] = {}
    if not is_itself and email and not is_verified:
        changed["password"] = PlainPassword(ids.new_password())
    if not email and user.email:
        email = changed["email"] = user.email
    if not is_verified and email in ("", user.email):
        changed["verified"] = True
    return before.having(**changed) if changed else before
