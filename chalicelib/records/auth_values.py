"""Who may set what of an auth record: e-mail, verification and password at creation and change.

These checks come first; only when they find nothing are the fields' own asked. Superusers, and who meets
the collection's manageRule, may set everything and need not know the old password.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.records.access import manages
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.password import PasswordField, PlainPassword
from chalicelib.schema.problems import REQUIRED, Problem, Problems
from chalicelib.schema.record import Record
from chalicelib.security.passwords import password_matches

MISMATCH = Problem("validation_values_mismatch", "Values don't match.")
WRONG_OLD = Problem("validation_invalid_old_password", "Missing or invalid old password.")

Found = Iterator[tuple[str, Problem]]


def with_auth_values(
    collection: Collection, values: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """The values with the submitted password, which everybody may submit although its field is hidden."""
    if not collection.is_auth or "password" not in body:
        return dict(values)
    return {**values, "password": PlainPassword(text) if (text := _text(body, "password")) else ""}


def check_auth_values(
    before: Record, after: Record, request: RequestInfo, related: RelatedRecords
) -> Problems:
    """What this request may not set; `before` is what is stored, or the draft (rev 0) of a new record."""
    if not after.collection.is_auth:
        return {}
    guarded = {**dict(_check_old_password(before, request.body)), **dict(_check_kept(before, after))}
    if guarded and manages(before, request, related):
        guarded = {}
    return {**guarded, **dict(_check_password(request.body, is_new=not before.rev))}


def _check_password(body: Mapping[str, Any], *, is_new: bool) -> Found:
    """Password and confirmation come together and are the same; at creation they must come."""
    password, confirm, old = (_text(body, name) for name in ("password", "passwordConfirm", "oldPassword"))
    if not password and (is_new or confirm or old):
        yield "password", REQUIRED
    if not confirm and (is_new or password or old):
        yield "passwordConfirm", REQUIRED
    if confirm and confirm != password:
        yield "passwordConfirm", MISMATCH


def _check_old_password(before: Record, body: Mapping[str, Any]) -> Found:
    """Changing a password takes knowing the old one."""
    old = _text(body, "oldPassword")
    if not before.rev or not (_text(body, "password") or _text(body, "passwordConfirm")):
        return
    if not old:
        yield "oldPassword", REQUIRED
    elif not password_matches(old, str(before.get("password"))):
        yield "oldPassword", WRONG_OLD


def _check_kept(before: Record, after: Record) -> Found:
    """The e-mail is changed by confirming it, verification by proving it: neither by just saying so."""
    if before.rev and after.get("email") != before.get("email"):
        yield "email", MISMATCH
    if bool(after.get("verified")) != bool(before.rev and before.get("verified")):
        yield "verified", MISMATCH


def _text(body: Mapping[str, Any], name: str) -> str:
    """A submitted password as text, however it was written."""
    return str(_FORM_FIELD.accept(body.get(name)))


_FORM_FIELD = PasswordField()
