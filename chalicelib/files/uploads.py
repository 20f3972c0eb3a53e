"""Files that go to the bucket past the function, for which requests are too small, and then to a record.

A client is invited to put one file for one field. With the invitation it gets a text that stands for the
file; a record that is given the text as the field's value takes the file over. S3 removes what nobody took.
"""

import json
from datetime import timedelta
from functools import cache
from typing import Any

from chalicelib import clock, ids
from chalicelib.files.places import UPLOADS
from chalicelib.files.store import LARGEST_FORM, Missing, get_store
from chalicelib.frozen import dataclass
from chalicelib.request import Upload
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField, Source
from chalicelib.schema.media import READ
from chalicelib.security.sealed import seal, unseal
from chalicelib.storage.settings import keep_setting

PREFIX = "upload:"
SETTING, SECRET_LENGTH = "uploadSecret", 50
KEY_LENGTH = 30
# How long the file may be put, and how long it may be taken: the bucket's rule counts in days.
INVITED_SECONDS = 15 * 60
KEPT_MILLISECONDS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Wanted:
    """The file that somebody wants to upload: for which field, what it is called, what it is said to be."""

    collection: Collection
    field: FileField
    name: str
    media_type: str = ""


def invite_upload(wanted: Wanted) -> dict[str, Any]:
    """Where and how to send the file, the value to give the record then, and until when to send it."""
    key = f"{UPLOADS}{wanted.collection.id}/{ids.random_text(KEY_LENGTH, ids.RECORD_ID_ALPHABET)}"
    fields = {"Content-Type": wanted.media_type} if wanted.media_type else {}
    most = min(wanted.field.largest, LARGEST_FORM)
    invitation = get_store().invite(key, fields, most, INVITED_SECONDS)
    expires = clock.now() + timedelta(seconds=INVITED_SECONDS)
    content = json.dumps([key, wanted.name, clock.unix_milliseconds() + KEPT_MILLISECONDS])
    sealed = seal(content, upload_secret(), _bound(wanted.collection, wanted.field))
    return {**invitation, "upload": f"{PREFIX}{sealed}", "expires": clock.to_text(expires)}


def find_upload(text: str, collection: Collection, field: FileField) -> Upload | None:
    """The file that a text stands for, as it is now; None when it is not there, too old, or not for this."""
    content = unseal(text.removeprefix(PREFIX), upload_secret(), _bound(collection, field))
    if content is None:
        return None
    key, name, until = json.loads(content)
    if clock.unix_milliseconds() > until:
        return None
    store = get_store()
    held = store.find(key)
    if held is None:
        return None
    source = Source(key, held.etag)
    try:
        head = store.read_of(source, READ) if held.size else b""
    except Missing:  # replaced meanwhile
        return None
    return Upload(name, held.media_type, head, source=source, whole_size=held.size)


def is_upload(value: Any) -> bool:
    """Whether a submitted value may stand for an uploaded file."""
    return isinstance(value, str) and value.startswith(PREFIX)


@cache
def upload_secret() -> str:
    """What the texts are sealed with: made once, kept in the table, the same for all functions."""
    return str(keep_setting(SETTING, ids.random_text(SECRET_LENGTH)))


def _bound(collection: Collection, field: FileField) -> tuple[str, ...]:
    return ("upload", collection.space, field.id)
