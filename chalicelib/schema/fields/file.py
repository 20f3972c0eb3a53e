"""Files: a value holds their names."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from chalicelib.schema.fields.limits import check_range
from chalicelib.schema.fields.many import ManyField, Texts, list_texts
from chalicelib.schema.fields.select import too_many
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

THUMB = re.compile(r"\d+x\d+[tbf]?", re.ASCII)
NO_THUMBS = frozenset({"0x0", "0x0t", "0x0b", "0x0f"})

BAD_THUMB = Problem("validation_match_invalid", "Must be in a valid format.")
EMPTY_THUMB = Problem("validation_not_in_invalid", "Must not be in list.")
NO_UPLOADS = Problem("validation_invalid_file", "Files cannot be uploaded yet.")


class NewFile(str):
    """The name of a file that is being uploaded."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class FileField(ManyField):
    """Names of stored files. Submitted names can only keep or drop files that are there."""

    type: ClassVar[str] = "file"

    max_size: int = 0
    mime_types: tuple[str, ...] = ()
    thumbs: tuple[str, ...] = ()
    protected: bool = False

    def check(self, value: Texts) -> Problem | None:
        names = list_texts(value)
        if not names:
            return REQUIRED if self.required else None
        limit = max(self.max_select, 1)
        return too_many(limit) if len(names) > limit else None

    def check_change(self, before: Any, value: Any) -> Problem | None:
        kept, names = list_texts(before), list_texts(value)
        if any(isinstance(name, NewFile) for name in names):
            return NO_UPLOADS
        new = [name for name in names if name not in kept]
        return _not_stored(new) if new else None

    def check_own_options(self) -> Problems:
        thumbs = {str(place): _check_thumb(size) for place, size in enumerate(self.thumbs)}
        return without_none(
            {
                "maxSelect": check_range(self.max_select),
                "maxSize": check_range(self.max_size),
                "thumbs": without_none(thumbs),
            }
        )


def _check_thumb(size: str) -> Problem | None:
    if size in NO_THUMBS:
        return EMPTY_THUMB
    return None if not size or THUMB.fullmatch(size) else BAD_THUMB


def _not_stored(names: list[str]) -> Problem:
    shown = " ".join(names)
    return Problem("validation_invalid_file", f"Invalid new files: [{shown}].", {"invalidFiles": names})
