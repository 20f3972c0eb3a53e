"""The order of a list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.filters.bind import bind_operand, guard_of
from chalicelib.filters.bound import ALWAYS, Node, Operand, joins_in
from chalicelib.filters.compile import make_operand_reader
from chalicelib.filters.failures import FilterError
from chalicelib.filters.joins import Join, chain_of
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.scope import Scope
from chalicelib.filters.source import RecordSource
from chalicelib.filters.sql_text import order_of
from chalicelib.filters.syntax import Name
from chalicelib.ids import random_text
from chalicelib.schema.record import Record

MAX_KEYS = 8
MAX_KEY_LENGTH = 255
RANDOM = "@random"
ROWID = "@rowid"


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key: a name as written, and what it stands for once bound."""

    name: str
    is_descending: bool = False
    operand: Operand | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """Sort keys, the first the most important, and what a bound sort asks of each record (list rules)."""

    orders: tuple[Order, ...] = ()
    where: Node = ALWAYS


def parse_sort(text: str) -> Sort:
    """sort = key { "," key } ; key = [ "+" | "-" ] name"""
    keys = [key.strip() for key in text.split(",")] if text else []
    if len(keys) > MAX_KEYS:
        raise FilterError(f"more than {MAX_KEYS} sort keys")
    for key in keys:
        if len(key) > MAX_KEY_LENGTH:
            raise FilterError(f"a sort key is longer than {MAX_KEY_LENGTH} characters")
    return Sort(tuple(_parse_key(key) for key in keys if key))


def bind_sort(sort: Sort, scope: Scope) -> Sort:
    """The sort with its names resolved. Raises FilterError when one cannot be."""
    orders = tuple(_bind_order(order, scope) for order in sort.orders)
    joins = [join for order in orders if order.operand is not None for join in joins_in(order.operand)]
    return Sort(orders, guard_of(joins, scope) if scope.is_restricted else ALWAYS)


def ordered(records: Iterable[Record], sort: Sort, source: RecordSource) -> list[Record]:
    """The records in the order of a bound sort, insertion order where it does not decide."""
    found = list(records)
    found.sort(key=lambda record: record.rowid)
    for order in reversed(sort.orders):
        found.sort(key=_key_of(order, source), reverse=order.is_descending)
    return found


def _parse_key(key: str) -> Order:
    return Order(key.lstrip("+-") if key[:1] in "+-" else key, key.startswith("-"))


def _bind_order(order: Order, scope: Scope) -> Order:
    if order.name in (RANDOM, ROWID):
        return order
    return replace(order, operand=bind_operand(Name(order.name), scope))


def _key_of(order: Order, source: RecordSource) -> Callable[[Record], Any]:
    if order.operand is None:
        return (lambda _: random_text(8)) if order.name == RANDOM else (lambda record: record.rowid)
    read = make_operand_reader(order.operand)
    joins = [join for end in joins_in(order.operand) for join in chain_of(end)]
    return lambda record: order_of(read(_first_rows(joins, Assignment(source, record))))


def _first_rows(joins: Iterable[Join], assigned: Assignment) -> Assignment:
    for join in joins:
        assigned.rows[join] = rows_of(join, assigned)[0]
    return assigned
