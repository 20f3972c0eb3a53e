"""What a sign-in by a provider proves about the record that is there already."""

from typing import Any

from chalicelib import ids
from chalicelib.auth.oauth2.users import User
from chalicelib.records.attached import EXTERNAL, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import plan_changed, renewed
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Change, Delete, Update


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
    if not is_itself and not is_verified:
        changed["password"] = PlainPassword(ids.new_password())
    if not email and user.email:
        email = changed["email"] = user.email
    if not is_verified and email in ("", user.email):
        changed["verified"] = True
    return before.having(**changed) if changed else before


def plan_proved(before: Record, after: Record, link: Record | None, related: RelatedRecords) -> list[Change]:
    """What storing it takes: an unproved record loses all links but the one by which somebody signs in.

    Whoever proves what was theirs already stays signed in.
    """
    is_proved = bool(before.get("verified"))
    known = [] if is_proved else find_attached(before, (EXTERNAL,), related)
    others: list[Change] = [Delete(each) for each in known if link is None or each.id != link.id]
    if after == before:
        return [Update(before, before), *others] if others else []
    if all(after.get(name) == before.get(name) for name in ("email", "password")):
        return [Update(before, renewed(before, after)), *others]
    planned = plan_changed(before, after, related)
    return [*(each for each in planned if not _removes_link(each)), *others]


def _removes_link(change: Change) -> bool:
    return isinstance(change, Delete) and change.record.collection.name == EXTERNAL
