"""Files: a value holds their names."""

import re
from typing import Any, ClassVar, NamedTuple

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.limits import check_range
from chalicelib.schema.fields.many import ManyField, Texts, list_texts
from chalicelib.schema.media import MediaType, media_type_of
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

THUMB = re.compile(r"\d+x\d+[tbf]?", re.ASCII)
NO_THUMBS = frozenset({"0x0", "0x0t", "0x0b", "0x0f"})

BAD_THUMB = Problem("validation_match_invalid", "Must be in a valid format.")
EMPTY_THUMB = Problem("validation_not_in_invalid", "Must not be in list.")
DEFAULT_MAX_SIZE = 5 * 1024 * 1024
# What PocketBase keeps beside a file on its disk is called so: backups and exports have no room for others.
RESERVED = ".attrs"


class Source(NamedTuple):
    """Where a file is in the bucket that is not a record's yet, and which version of it was looked at."""

    key: str
    etag: str


class NewFile(str):
    """The name that a file is going to be stored under, which is being uploaded with this request.

    `original` is what the uploader calls it. `content` is the file, unless it is in the bucket already, at
    `source`: then it is the beginning. `size` and `media_type` are of the whole file.
    """

    __slots__ = ("content", "media_type", "original", "size", "source")

    original: str
    size: int
    media_type: MediaType
    content: bytes
    source: Source | None


def new_file(name: str, original: str, content: bytes) -> NewFile:
    """A file that came with the request."""
    file = NewFile(name)
    file.original, file.content, file.source = original, content, None
    file.size, file.media_type = len(content), media_type_of(content)
    return file


@dataclass(frozen=True, kw_only=True)
class FileField(ManyField):
    """Names of stored files. Submitted names can only keep or drop files that are there."""

    type: ClassVar[str] = "file"

    max_size: int = 0
    mime_types: tuple[str, ...] = ()
    thumbs: tuple[str, ...] = ()
    protected: bool = False

    @property
    def largest(self) -> int:
        """The most bytes that a file may have."""
        return self.max_size or DEFAULT_MAX_SIZE

    def takes(self, media_type: str) -> bool:
        """Whether a type is among those that are listed; parameters do not count."""
        listed = {_essence(each) for each in self.mime_types}
        return _essence(media_type) in listed

    def check(self, value: Texts) -> Problem | None:
        names = list_texts(value)
        if not names:
            return REQUIRED if self.required else None
        limit = max(self.max_select, 1)
        if len(names) > limit:
            return _too_many(limit)
        uploads = [name for name in names if isinstance(name, NewFile)]
        return next(filter(None, map(self._check_upload, uploads)), None)

    def check_change(self, before: Any, value: Any) -> Problem | None:
        kept, names = list_texts(before), list_texts(value)
        new = [name for name in names if name not in kept and not isinstance(name, NewFile)]
        return _not_stored(new) if new else None

    def _check_upload(self, file: NewFile) -> Problem | None:
        if file.size > self.largest:
            return _too_large(file.original, self.largest)
        if file.endswith(RESERVED):
            return _reserved(file.original)
        is_wrong = self.mime_types and not self.takes(file.media_type.name)
        return _wrong_type(file, self.mime_types) if is_wrong else None

    def check_own_options(self) -> Problems:
        thumbs = {str(place): _check_thumb(size) for place, size in enumerate(self.thumbs)}
        return without_none(
            {
                "maxSelect": check_range(self.max_select),
                "maxSize": check_range(self.max_size),
                "thumbs": without_none(thumbs),
            }
        )


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _check_thumb(size: str) -> Problem | None:
    if size in NO_THUMBS:
        return EMPTY_THUMB
    return None if not size or THUMB.fullmatch(size) else BAD_THUMB


def _not_stored(names: list[str]) -> Problem:
    shown = " ".join(names)
    return Problem("validation_invalid_file", f"Invalid new files: [{shown}].", {"invalidFiles": names})


def _too_many(limit: int) -> Problem:
    return Problem(
        "validation_too_many_files", f"The maximum allowed files is {limit}.", {"maxSelect": limit}
    )


def _too_large(name: str, limit: int) -> Problem:
    message = f"Failed to upload {name} - the maximum allowed file size is {limit} bytes."
    return Problem("validation_file_size_limit", message, {"file": name, "maxSize": limit})


def _reserved(name: str) -> Problem:
    return Problem("validation_invalid_file", f"Failed to upload {name} - no name may end with {RESERVED}.")


def _wrong_type(name: str, wanted: tuple[str, ...]) -> Problem:
    message = f'"{name}" mime type must be one of: {", ".join(wanted)}.'
    return Problem("validation_invalid_mime_type", message)
