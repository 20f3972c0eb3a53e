"""All collections at one moment."""

from collections.abc import Iterable, Iterator

from chalicelib.schema.collection import Collection


class Catalog:
    """A frozen set of collections, found by id or (case-insensitively) by name."""

    def __init__(self, collections: Iterable[Collection]) -> None:
        self._all = tuple(collections)
        self._ids = _first_positions(collection.id for collection in self._all)
        self._names = _first_positions(collection.name.lower() for collection in self._all)

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def find(self, name_or_id: str) -> Collection | None:
        """The collection with this id or name; the older one when one's id is the other's name."""
        positions = (self._ids.get(name_or_id), self._names.get(name_or_id.lower()))
        found = [position for position in positions if position is not None]
        return self._all[min(found)] if found else None

    def find_by_id(self, collection_id: str) -> Collection | None:
        """The collection with this id."""
        position = self._ids.get(collection_id)
        return None if position is None else self._all[position]


def _first_positions(keys: Iterable[str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for position, key in enumerate(keys):
        positions.setdefault(key, position)
    return positions
