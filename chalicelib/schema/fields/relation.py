"""References to records of a collection."""

from typing import ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.limits import too_small
from chalicelib.schema.fields.many import ManyField, Texts, list_texts
from chalicelib.schema.fields.select import too_many
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

# For whoever can look: the ids must be those of records of `collection_id`.
MISSING_RECORDS = Problem(
    "validation_missing_rel_records", "Failed to find all relation records with the provided ids."
)


@dataclass(frozen=True, kw_only=True)
class RelationField(ManyField):
    """Ids of records; whether they exist is not checked here."""

    type: ClassVar[str] = "relation"

    collection_id: str = ""
    cascade_delete: bool = False
    min_select: int = 0

    def check(self, value: Texts) -> Problem | None:
        count = len(list_texts(value))
        if not count:
            return REQUIRED if self.required else None
        if self.min_select and count < self.min_select:
            return _too_few(self.min_select)
        limit = max(self.max_select, 1)
        return too_many(limit) if count > limit else None

    def check_own_options(self) -> Problems:
        return without_none(
            {
                "collectionId": None if self.collection_id else REQUIRED,
                "minSelect": too_small(0) if self.min_select < 0 else None,
                "maxSelect": self._check_max_select(),
            }
        )

    def _check_max_select(self) -> Problem | None:
        if self.max_select == 0:
            return REQUIRED if self.min_select > 0 else None
        return too_small(self.min_select) if self.max_select < self.min_select else None


def _too_few(least: int) -> Problem:
    return Problem("validation_not_enough_values", f"Select at least {least}.", {"minSelect": least})
