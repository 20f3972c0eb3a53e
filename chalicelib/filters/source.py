"""Where evaluation gets other records from."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from chalicelib.filters.trials import Trials
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record


class RecordSource(Protocol):
    """Records as they are stored, whatever anybody may see: rules on the way are part of the bound tree.

    An implementation remembers what it has read: evaluation asks for the same ids again and again. It is
    asked for many ids at once before they are needed one by one, so that reads can be batched.
    """

    @property
    def catalog(self) -> Catalog:
        """All collections."""
        ...

    @property
    def trials(self) -> Trials:
        """How many rows have been tried for the request that these records are for."""
        ...

    def as_left(self, record: Record) -> Record | None:
        """A record that is known already, as the request has left it so far; None: it is gone."""
        ...

    def by_ids(self, collection: Collection, ids: Sequence[str]) -> Sequence[Record]:
        """The records that exist among these ids, in any order, each once."""
        ...

    def referring(self, collection: Collection, field: str, ids: Sequence[str]) -> Sequence[Record]:
        """The records of `collection` whose relation `field` holds any of these ids, in insertion order."""
        ...

    def everything(self, collection: Collection) -> Iterable[Record]:
        """All records of a collection, in insertion order (``@collection.*``)."""
        ...

    def equal(self, collection: Collection, field: str, value: str) -> Sequence[Record] | None:
        """The records whose single-valued text `field` holds this, in insertion order.

        None when they are not found faster than by reading everything.
        """
        ...
