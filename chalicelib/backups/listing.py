"""The backups that there are: listing, finding, keeping one that was uploaded, removing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from chalicelib import clock
from chalicelib.backups.names import BY_ITSELF, FOLDER, is_name, key_of
from chalicelib.backups.turn import find_work
from chalicelib.errors import BadRequest, NotFound, ValidationFailed
from chalicelib.files.answer import Shown
from chalicelib.files.store import Held, get_store
from chalicelib.frozen import dataclass
from chalicelib.request import RequestInfo, Upload
from chalicelib.schema.media import media_type_of
from chalicelib.schema.media.names import new_file_name
from chalicelib.schema.problems import Problem, problems_to_json

_NOT_FOR_HEADERS = re.compile(r'[^ -~]|["\\]')
# So many are shown, a thousand a call.
MOST_PAGES = 10
ZIP = "application/zip"
MISSING = "Invalid or already deleted backup file."
IN_USE = "The backup is currently being used and cannot be deleted."
REQUIRED = Problem("validation_required", "Cannot be blank.")
EXISTS = Problem("validation_backup_name_exists", "Backup file with the specified name already exists.")


@dataclass(frozen=True)
class Backup:
    """A backup that is complete."""

    name: str
    size: int
    modified: datetime

    def to_json(self) -> dict[str, Any]:
        """As PocketBase shows it."""
        return {"modified": clock.to_text(self.modified), "key": self.name, "size": self.size}


def list_backups(prefix: str = "") -> list[Backup]:
    """Those whose names begin so, by name."""
    return [each for each in _listed(key_of(prefix)) if is_name(each.name)]


def find_backup(name: str) -> Held | None:
    """A backup, if there is one of this name."""
    return get_store().find(key_of(name)) if is_name(name) else None


def show_backup(name: str) -> Shown:
    """A backup for who may have it. Raises BadRequest, NotFound."""
    if name in (".", ".."):
        raise BadRequest()
    held = find_backup(name)
    if held is None:
        raise NotFound()
    shown_as = _NOT_FOR_HEADERS.sub("_", name)
    return Shown(Held(held.key, ZIP, held.size, held.modified, held.etag), shown_as, download=True)


def keep_upload(request: RequestInfo) -> None:
    """Keep a backup that was uploaded as `file`. Raises ValidationFailed."""
    given = _read_upload(request)
    if not isinstance(given, Upload):
        raise ValidationFailed(data=problems_to_json({"file": REQUIRED}))
    if media_type_of(given.content).essence != ZIP:
        name = new_file_name(given.name, media_type_of(given.content).extension)
        problem = Problem("validation_invalid_mime_type", f'"{name}" mime type must be one of: {ZIP}.')
        raise ValidationFailed(data=problems_to_json({"file": problem}))
    if not is_name(given.name) or find_backup(given.name):
        raise ValidationFailed(data=problems_to_json({"file": EXISTS}))
    get_store().put(key_of(given.name), given.content, ZIP)


def remove_backup(name: str) -> None:
    """Remove a backup. Raises BadRequest when there is none, or it is in use."""
    work = find_work()
    if work and work.state["key"] == name:
        raise BadRequest(IN_USE)
    if find_backup(name) is None:
        raise BadRequest(MISSING)
    get_store().remove([key_of(name)])


def remove_old(keep: int) -> list[str]:
    """Remove of those that were made by themselves all but the newest; their names."""
    made = sorted(list_backups(BY_ITSELF), key=lambda each: (each.modified, each.name), reverse=True)
    old = [each.name for each in made[keep:]] if keep > 0 else []
    get_store().remove([key_of(name) for name in old])
    return old


def _read_upload(request: RequestInfo) -> Any:
    try:
        given = request.body.get("file")
    except BadRequest:  # whatever it was, it brought no file
        return None
    return given[0] if isinstance(given, list) and given else given


def list_files(prefix: str) -> Iterator[tuple[str, datetime]]:
    """The keys that begin so, and when each was written."""
    for page in get_store().list_pages(prefix):
        yield from ((each["Key"], each["LastModified"]) for each in page)


def _listed(prefix: str) -> Iterator[Backup]:
    for page in islice(get_store().list_pages(prefix), MOST_PAGES):
        for each in page:
            modified = each["LastModified"].astimezone(UTC)
            yield Backup(each["Key"].removeprefix(FOLDER), each["Size"], modified)
