"""A record for somebody who signs in for the first time: created as any client would create it.

The collection's create rule decides, and all its checks apply. What the provider says fills in what the
client did not submit; a user name that cannot be had is left out, and so is a picture that cannot be fetched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib import ids
from chalicelib.auth.context import auth_options
from chalicelib.auth.oauth2.avatar import fetch_avatar
from chalicelib.auth.oauth2.outgoing import CallFailed
from chalicelib.auth.oauth2.users import User
from chalicelib.observability.logger import logger
from chalicelib.records.access import open_collection
from chalicelib.records.auth_values import with_auth_values
from chalicelib.records.create import new_record
from chalicelib.records.related import RelatedRecords
from chalicelib.records.uploads import with_uploads
from chalicelib.records.values import body_for_rules, read_values
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.record import Record

PASSWORD_LENGTH = 30


@dataclass(frozen=True)
class Newcomer:
    """Somebody who has no record, and what the client wants it to have."""

    user: User
    collection: Collection
    submitted: Mapping[str, Any] = field(default_factory=dict)


def fill_in_user(newcomer: Newcomer) -> dict[str, Any]:
    """The body of the creation: what was submitted, and from the provider what was not."""
    user, body = newcomer.user, dict(newcomer.submitted)
    mapped = auth_options(newcomer.collection).oauth2.mapped_fields
    if not body.get("email"):
        body["email"] = user.email
    known = {mapped.id: user.id, mapped.name: user.name, mapped.username: _username(newcomer)}
    body = {**{name: value for name, value in known.items() if name and value}, **body}
    if mapped.avatar_url and mapped.avatar_url not in body and user.avatar_url:
        body |= _picture(newcomer.collection, mapped.avatar_url, user.avatar_url)
    if not body.get("password"):
        password = ids.random_text(PASSWORD_LENGTH)
        body |= {"password": password, "passwordConfirm": password}
    return body


def decide_newcomer(newcomer: Newcomer, request: RequestInfo, related: RelatedRecords) -> Record:
    """The record, ready to be stored, if rule and validation let it. Raises what a creation does."""
    path = f"/api/collections/{newcomer.collection.name}/records"
    sent = replace(request, method="POST", path=path, body=dict(newcomer.submitted))
    collection = open_collection(related.catalog, newcomer.collection.id, "create", sent)
    submitted = with_uploads(collection, sent)
    values = read_values(collection, submitted, None, superuser=request.is_superuser)
    body = body_for_rules(collection, submitted, values, superuser=request.is_superuser)
    values = with_auth_values(collection, values, sent.body)
    record = new_record(Record(collection, values), replace(sent, body=body), related)
    is_proved = record.get("email") == newcomer.user.email
    return record.having(verified=bool(record.get("verified")) or is_proved)


def without_username(newcomer: Newcomer, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without the provider's user name; the same when it is the client's own."""
    name = auth_options(newcomer.collection).oauth2.mapped_fields.username
    is_own = name in newcomer.submitted
    return {key: value for key, value in body.items() if is_own or key != name}


def _username(newcomer: Newcomer) -> str:
    """The provider's name for them, if the field takes it."""
    mapped = auth_options(newcomer.collection).oauth2.mapped_fields.username
    found = newcomer.collection.field_by_name.get(mapped)
    name = newcomer.user.username
    is_fit = found is not None and name and found.check(found.accept(name)) is None
    return name if is_fit else ""


def _picture(collection: Collection, name: str, url: str) -> dict[str, Any]:
    if not isinstance(collection.field_by_name.get(name), FileField):
        return {name: url}
    try:
        return {name: fetch_avatar(url)}
    except CallFailed as error:
        logger.warning("a provider's picture was not fetched", extra={"reason": str(error)})
        return {}
