"""All collections at one moment."""

from collections.abc import Iterable, Iterator

from chalicelib.schema.collection import Collection


class Catalog:
    """A frozen set of collections, found by id or (case-insensitively) by name."""

    def __init__(self, collections: Iterable[Collection]) -> None:
        self._all = tuple(collections)
        self._by_key = {collection.name.lower(): collection for collection in self._all}
        self._by_key |= {collection.id: collection for collection in self._all}

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def find(self, name_or_id: str) -> Collection | None:
        """The collection with this id or name."""
        return self._by_key.get(name_or_id) or self._by_key.get(name_or_id.lower())
