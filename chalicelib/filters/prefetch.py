"""Related records, asked for in batches before they are needed one by one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from chalicelib.filters.joins import (
    NEW_ROOT,
    ROOT,
    Caller,
    Elements,
    Every,
    Given,
    Join,
    Listed,
    Referring,
    Related,
    Row,
)
from chalicelib.filters.rows import items_of
from chalicelib.filters.source import RecordSource
from chalicelib.schema.record import Record

# All rows of each join, over all candidates.
Reached: TypeAlias = dict[Join, Iterable[Row]]


def prefetch(joins: Iterable[Join], records: Sequence[Record], source: RecordSource) -> None:
    """Ask the source for everything that the joins reach from the records: one question per join."""
    reached: Reached = {ROOT: records, NEW_ROOT: records}
    joins = list(joins)
    parents = {getattr(join, "parent", None) for join in joins}
    for join in joins:
        # Of a whole collection a part may do; who needs all of it asks once.
        if join in parents or not isinstance(join, Every):
            reached[join] = REACH[type(join)](join, reached, source)


def _elements(join: Elements, reached: Reached, _: RecordSource) -> Iterable[Row]:
    rows = (row for row in reached[join.parent] if row is not None)
    return list(dict.fromkeys(item for row in rows for item in items_of(row.values.get(join.field))))


def _related(join: Related, reached: Reached, source: RecordSource) -> Iterable[Row]:
    rows = reached[join.parent]
    return _by_ids(
        join.collection, (row.values.get(join.field) for row in rows) if join.field else rows, source
    )


def _referring(join: Referring, reached: Reached, source: RecordSource) -> Iterable[Row]:
    collection = source.catalog.find(join.collection)
    ids = tuple(dict.fromkeys(row.id for row in reached[join.parent]))
    return source.referring(collection, join.field, ids) if collection is not None and ids else ()


def _every(join: Every, _: Reached, source: RecordSource) -> Iterable[Row]:
    collection = source.catalog.find(join.collection)
    return () if collection is None else tuple(source.everything(collection))


def _by_ids(name: str, ids: Iterable[Any], source: RecordSource) -> Iterable[Row]:
    collection = source.catalog.find(name)
    wanted = tuple(dict.fromkeys(id_ for id_ in ids if isinstance(id_, str) and id_))
    return source.by_ids(collection, wanted) if collection is not None and wanted else ()


def _caller(join: Caller, _: Reached, source: RecordSource) -> Iterable[Row]:
    record = source.as_left(join.record)
    return () if record is None else (record,)


REACH: dict[type, Callable[[Any, Reached, RecordSource], Iterable[Row]]] = {
    Elements: _elements,
    Related: _related,
    Referring: _referring,
    Every: _every,
    Listed: lambda join, _, source: _by_ids(join.collection, join.ids, source),
    Given: lambda join, *_: join.values,
    Caller: _caller,
}
