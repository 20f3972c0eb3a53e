"""POST auth-with-password: an identity and a password become a token.

Whether an identity exists must not be told: not by the answer, and not by the time it takes, so each
attempt costs exactly one comparison of hashes.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.form import check_text, read_form
from chalicelib.auth.response import finish_sign_in
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, Forbidden, ValidationFailed
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.password import PasswordField
from chalicelib.schema.indexes import Index
from chalicelib.schema.problems import Problem, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.security.passwords import DEFAULT_COST, password_matches, spend_like_a_match
from chalicelib.storage.records import find_by_unique, find_record

FORM = ("identity", "password", "identityField")
MAX_BYTES = 255

# No record has this id. Reading it makes an unknown identity take the read that a known one takes.
NOBODY = "nobody"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_UNKNOWN_FIELD = Problem("validation_in_invalid", "Must be a valid value.")


@refusals_as_answers()
def sign_in_with_password(name_or_id: str, request: RequestInfo) -> dict[str, Any]:
    """The record and its token. Raises BadRequest for a wrong identity and a wrong password alike."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_auth_collection(name_or_id, related.catalog)
    if not auth_options(collection).password_auth.enabled:
        raise Forbidden("The collection is not configured to allow password authentication.")
    form = read_form(request, FORM)
    check_form(form, auth_options(collection).password_auth.identity_fields)
    found = _find_each(form["identity"], form["identityField"], collection, related)
    record = next(found, None)
    if record is None:
        find_record(collection, NOBODY)
    if not has_password(record, form["password"], collection) or record is None:
        deque(found, maxlen=0)  # whom nobody knows is looked for everywhere, too, and may be told of a budget
        raise BadRequest("Failed to authenticate.")
    asked = request.within("password")
    return finish_sign_in(record, asked, related)


def check_form(form: Mapping[str, str], identity_fields: tuple[str, ...]) -> None:
    """Raise ValidationFailed unless the form can be tried."""
    problems = {name: problem for name in FORM[:2] if (problem := check_text(form[name], MAX_BYTES))}
    if (field := form["identityField"]) and field not in identity_fields:
        problems["identityField"] = check_text(field, MAX_BYTES) or _UNKNOWN_FIELD
    if problems:
        raise ValidationFailed(data=problems_to_json(problems))


def find_by_identity(
    identity: str, field: str, collection: Collection, related: RelatedRecords
) -> Record | None:
    """The record of this identity, looked for in one field or in each identity field."""
    return next(_find_each(identity, field, collection, related), None)


def _find_each(
    identity: str, field: str, collection: Collection, related: RelatedRecords
) -> Iterator[Record]:
    """The records of this identity, the one that is meant first. What comes after it takes reading."""
    names = [field] if field else _order(auth_options(collection).password_auth.identity_fields, identity)
    keys = {name: _as_value(collection.field_by_name[name], identity) for name in names}
    indexes = list(_indexes_of(collection, keys))
    # All that are ready are looked into, wherever it is found: the time it takes does not tell. Reading for
    # one that is being built may take more than the budget: whom a field before it leads to need not wait.
    found = [
        find_by_unique(collection, each, [keys[name]]) if each.is_ready else None for name, each in indexes
    ]
    looked = (
        record if index.is_ready else _read_for(index, keys[name], collection, related)
        for record, (name, index) in zip(found, indexes, strict=True)
    )
    yield from (record for record in looked if record is not None)


def has_password(record: Record | None, password: str, collection: Collection) -> bool:
    """Whether this is the record's password. Takes as long when there is no record."""
    if record is not None:
        return password_matches(password, record.values["password"])
    field = collection.field_by_name["password"]
    cost = field.cost if isinstance(field, PasswordField) else 0
    return spend_like_a_match(password, cost or DEFAULT_COST)


def _order(identity_fields: tuple[str, ...], identity: str) -> list[str]:
    """The fields to try: the e-mail first, and only for what looks like one."""
    email = ["email"] if "email" in identity_fields and _EMAIL.fullmatch(identity) else []
    return email + [name for name in identity_fields if name != "email"]


def _as_value(field: Field, identity: str) -> Any:
    """The identity as the field would hold it; None, which is in no index, when it could not."""
    if isinstance(field.empty, str):
        return identity
    return field.normalize(identity) if _NUMBER.fullmatch(identity) else None


def _indexes_of(collection: Collection, keys: Mapping[str, Any]) -> Iterator[tuple[str, Index]]:
    """The unique index of each field that has one of its own, a ready one if there is one."""
    for name, value in keys.items():
        indexes = [index for index in collection.unique_indexes if index.column_names == (name,)]
        if value is not None:
            yield from ((name, index) for index in [each for each in indexes if each.is_ready] or indexes)


def _read_for(index: Index, value: Any, collection: Collection, related: RelatedRecords) -> Record | None:
    """The record that an index will have: while it is built all are read that may be it."""
    (column,) = index.columns
    is_exact = column.collate.upper() in ("", "BINARY") and isinstance(value, str)
    equal = related.equal(collection, column.name, value) if is_exact else None
    found = related.everything(collection) if equal is None else equal
    key = replace(index, condition=None).key_of({column.name: value})
    return next((record for record in found if index.key_of(record.values) == key), None)
