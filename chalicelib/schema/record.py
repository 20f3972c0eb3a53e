"""A record: one row of a collection."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.frozen import dataclass

if TYPE_CHECKING:
    from chalicelib.schema.collection import Collection


@dataclass(frozen=True, slots=True)
class Record:
    """Values by field name, every field of the collection present, each in its field's normal form.

    ``rowid`` is the insertion order as text that sorts; ``rev`` counts writes, 0 means not stored yet;
    ``stamp`` is another with each write. ``unknown`` is what is stored for fields that this definition of
    the collection does not know yet. ``bond``: what of its owner's it depends on (records/attached.py).
    """

    collection: "Collection"
    values: Mapping[str, Any] = field(default_factory=dict)
    rowid: str = ""
    rev: int = 0
    stamp: str = ""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    bond: str = ""

    @property
    def id(self) -> str:
        """The record's id, unique in its collection."""
        return str(self.values.get("id", ""))

    @property
    def is_superuser(self) -> bool:
        """Whether this is a record of ``_superusers``."""
        return self.collection.name == "_superusers"

    def get(self, name: str) -> Any:
        """The value of a field, None when there is no such field."""
        return self.values.get(name)

    def having(self, **values: Any) -> "Record":
        """The same record with some values replaced."""
        return replace(self, values={**self.values, **values})
