"""The rows of a join, from the rows it stands on and a source of records."""

from collections.abc import Callable
from typing import Any

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
    Rows,
    chain_of,
)
from chalicelib.filters.source import RecordSource
from chalicelib.filters.sql_text import to_sql
from chalicelib.filters.trials import Trials

NOTHING: Rows = (None,)


class Memo(dict[Any, Any]):
    """What has been found out in one evaluation, and how many rows its request has tried."""

    def __init__(self, trials: Trials) -> None:
        super().__init__()
        self.trials = trials


class Assignment:
    """A row for each join of a tree, changed while evaluation tries one row after another."""

    def __init__(self, source: RecordSource, record: Row, memo: Memo) -> None:
        self.source = source
        self.rows: dict[Join, Row] = {ROOT: record, NEW_ROOT: record}
        self.memo = memo

    def fresh(self, base: Join) -> "Assignment":
        """Only the base and what it stands on are assigned, as far as they are."""
        other = Assignment(self.source, self.rows[ROOT], self.memo)
        for step in chain_of(base):
            if step in self.rows:
                other.rows[step] = self.rows[step]
        return other


def rows_of(join: Join, assigned: Assignment) -> Rows:
    """The rows the join ranges over, one None when there are none."""
    return ROWS[type(join)](join, assigned) or NOTHING


def items_of(value: Any) -> list[Any]:
    """A field's value as json_each() gives it."""
    return [to_sql(item) for item in value] if isinstance(value, list | tuple) else [to_sql(value)]


def _elements(join: Elements, assigned: Assignment) -> Rows:
    row = assigned.rows[join.parent]
    return NOTHING if row is None else items_of(row.values.get(join.field))


def _related(join: Related, assigned: Assignment) -> Rows:
    row = assigned.rows[join.parent]
    key = row.values.get(join.field) if join.field and row is not None else row
    return _by_ids(join.collection, (key,), assigned) if isinstance(key, str) and key else NOTHING


def _referring(join: Referring, assigned: Assignment) -> Rows:
    row = assigned.rows[join.parent]
    collection = assigned.source.catalog.find(join.collection)
    if row is None or collection is None:
        return NOTHING
    return assigned.source.referring(collection, join.field, (row.id,))


def _every(join: Every, assigned: Assignment) -> Rows:
    if join not in assigned.memo:
        collection = assigned.source.catalog.find(join.collection)
        assigned.memo[join] = () if collection is None else tuple(assigned.source.everything(collection))
    rows: Rows = assigned.memo[join]
    return rows


def _listed(join: Listed, assigned: Assignment) -> Rows:
    return _by_ids(join.collection, join.ids, assigned)


def _by_ids(name: str, ids: tuple[str, ...], assigned: Assignment) -> Rows:
    collection = assigned.source.catalog.find(name)
    return NOTHING if collection is None else assigned.source.by_ids(collection, ids)


ROWS: dict[type, Callable[[Any, Assignment], Rows]] = {
    Elements: _elements,
    Related: _related,
    Referring: _referring,
    Every: _every,
    Listed: _listed,
    Given: lambda join, _: join.values,
    Caller: lambda join, assigned: (assigned.source.as_left(join.record),),
}
