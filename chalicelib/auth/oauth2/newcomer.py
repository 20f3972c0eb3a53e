"""A record for somebody who signs in for the first time: created as any client would create it.

The collection's create rule decides, and all its checks apply. What the provider says fills in what the
client did not submit; a user name that cannot be had is left out, and so is a picture that cannot be fetched.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field, replace
from functools import cache
from typing import Any

from chalicelib import ids
from chalicelib.auth.context import auth_options
from chalicelib.auth.oauth2.avatar import fetch_avatar
from chalicelib.auth.oauth2.outgoing import CallFailed
from chalicelib.auth.oauth2.users import User
from chalicelib.errors import ValidationFailed
from chalicelib.frozen import dataclass
from chalicelib.observability.logger import logger
from chalicelib.records.access import open_collection
from chalicelib.records.auth_values import with_auth_values
from chalicelib.records.create import new_record
from chalicelib.records.related import RelatedRecords
from chalicelib.records.uploads import with_uploads
from chalicelib.records.values import body_for_rules, read_values
from chalicelib.request import RequestInfo, Upload
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.fields.text import TextField
from chalicelib.schema.record import Record

STAND_IN = Upload("avatar.gif", "image/gif", b"GIF89a")


@dataclass(frozen=True)
class Newcomer:
    """Somebody who has no record, and what the client wants it to have.

    `fetch_picture` has their picture fetched once, however often the record is decided.
    """

    user: User
    collection: Collection
    submitted: Mapping[str, Any] = field(default_factory=dict)
    has_username: bool = True
    fetch_picture: Callable[[], Upload | None] = field(default=lambda: None, repr=False)

    @property
    def username_field(self) -> str:
        """Where the provider's name for them goes; "" for nowhere."""
        name = auth_options(self.collection).oauth2.mapped_fields.username
        return name if self.has_username and name not in self.submitted else ""


def new_newcomer(user: User, collection: Collection, submitted: Mapping[str, Any]) -> Newcomer:
    """Somebody who has no record as far as is known."""
    return Newcomer(user, collection, submitted, fetch_picture=cache(lambda: _fetch(user.avatar_url)))


def without_username(newcomer: Newcomer) -> Newcomer:
    """The same without the provider's user name."""
    return replace(newcomer, has_username=False)


def decide_newcomer(newcomer: Newcomer, request: RequestInfo, related: RelatedRecords) -> Record:
    """The record, ready to be stored, if rule and validation let it. Raises what a creation does."""
    body = fill_in_user(newcomer)
    name = _picture_field(newcomer)
    if name:
        # Nothing is fetched for who may not come: another picture stands in until that is known.
        with suppress(ValidationFailed):
            _decide(newcomer, {**body, name: STAND_IN}, request, related)
        picture = newcomer.fetch_picture()
        body |= {name: picture} if picture else {}
    return _decide(newcomer, body, request, related)


def fill_in_user(newcomer: Newcomer) -> dict[str, Any]:
    """The body of the creation but for the picture: what was submitted, and else what the provider says."""
    user, body = newcomer.user, dict(newcomer.submitted)
    mapped = auth_options(newcomer.collection).oauth2.mapped_fields
    given = body.get("email")
    if not given or not isinstance(given, str):
        body["email"] = user.email
    known = ((mapped.id, user.id), (mapped.name, user.name), (newcomer.username_field, _username(newcomer)))
    for name, value in known:
        if name and value:
            body.setdefault(name, value)
    if mapped.avatar_url and user.avatar_url and not _picture_field(newcomer):
        body.setdefault(mapped.avatar_url, user.avatar_url)
    if "password" not in body:
        password = ids.new_password()
        body |= {"password": password, "passwordConfirm": password}
    return body


def _decide(
    newcomer: Newcomer, given: Mapping[str, Any], request: RequestInfo, related: RelatedRecords
) -> Record:
    path = f"/api/collections/{newcomer.collection.name}/records"
    sent = replace(request, method="POST", path=path, query={}, body=given)
    collection = open_collection(related.catalog, newcomer.collection.id, "create", sent)
    submitted = with_uploads(collection, sent)
    values = read_values(collection, submitted, None, superuser=request.is_superuser)
    body = body_for_rules(collection, submitted, values, superuser=request.is_superuser)
    values = with_auth_values(collection, values, given)
    record = new_record(Record(collection, values), replace(sent, body=body), related)
    is_proved = record.get("email") == newcomer.user.email
    return record.having(verified=bool(record.get("verified")) or is_proved)


def _username(newcomer: Newcomer) -> str:
    """The provider's name for them, unless it goes to a text that does not take it."""
    found, name = newcomer.collection.field_by_name.get(newcomer.username_field), newcomer.user.username
    is_unfit = isinstance(found, TextField) and found.check(name) is not None
    return "" if is_unfit else name


def _picture_field(newcomer: Newcomer) -> str:
    """Where a picture is to be fetched for; "" for nowhere."""
    name = auth_options(newcomer.collection).oauth2.mapped_fields.avatar_url
    is_wanted = bool(newcomer.user.avatar_url) and name not in newcomer.submitted
    return name if is_wanted and isinstance(newcomer.collection.field_by_name.get(name), FileField) else ""


def _fetch(url: str) -> Upload | None:
    try:
        return fetch_avatar(url)
    except CallFailed as error:
        logger.warning("a provider's picture was not fetched", extra={"reason": str(error)})
        return None
