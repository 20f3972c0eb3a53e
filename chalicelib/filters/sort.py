"""The order of a list."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from chalicelib.filters.bind import bind_operand, guard_of
from chalicelib.filters.bound import ALWAYS, Constant, Node, Operand
from chalicelib.filters.failures import FilterError
from chalicelib.filters.first import chains_in, make_first_reader
from chalicelib.filters.joins import Join
from chalicelib.filters.prefetch import prefetch
from chalicelib.filters.rows import Assignment, Memo
from chalicelib.filters.scope import Scope
from chalicelib.filters.source import RecordSource
from chalicelib.filters.sql_text import order_of
from chalicelib.filters.syntax import Name
from chalicelib.frozen import dataclass
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
    """Sort keys, the first the most important.

    `where` is what the rows that are read for the keys must satisfy; a bound sort of a client that goes
    through relations has the list rules on the way in it.
    """

    orders: tuple[Order, ...] = ()
    where: Node = ALWAYS

    @property
    def is_insertion_order(self) -> bool:
        """Whether records come in the order in which they were created, or the reverse."""
        return not self.orders or (len(self.orders) == 1 and self.orders[0].name == ROWID)

    @property
    def is_backwards(self) -> bool:
        """Whether the newest record comes first."""
        return self.is_insertion_order and bool(self.orders) and self.orders[0].is_descending


def parse_sort(text: str) -> Sort:
    """sort = key { "," key } ; key = [ "+" | "-" ] name"""
    keys = [key.strip() for key in text.split(",")] if text else []
    if len(keys) > MAX_KEYS:
        raise FilterError("max sort expressions limit reached")
    return Sort(tuple(_parse_key(key) for key in keys))


def bind_sort(sort: Sort, scope: Scope) -> Sort:
    """The sort with its names resolved. Raises FilterError when one cannot be."""
    orders = tuple(_bind_order(order, scope) for order in sort.orders)
    return Sort(orders, guard_of(_joins_of(orders), scope) if scope.is_restricted else ALWAYS)


def ordered(records: Iterable[Record], sort: Sort, source: RecordSource) -> list[Record]:
    """The records in the order of a bound sort, insertion order where it does not decide."""
    found = sorted(records, key=lambda record: record.rowid)
    prefetch(_joins_of(sort.orders), found, source)
    for order in reversed(sort.orders):
        found.sort(key=_key_of(order, sort.where, source), reverse=order.is_descending)
    return found


def _parse_key(key: str) -> Order:
    if len(key) > MAX_KEY_LENGTH:
        raise FilterError(f"a sort key is longer than {MAX_KEY_LENGTH} characters")
    name = key[1:] if key[:1] in ("+", "-") else key
    if not name or name[:1] in ("+", "-"):
        raise FilterError(f'invalid sort field "{name}"')
    return Order(name, key.startswith("-"))


def _bind_order(order: Order, scope: Scope) -> Order:
    if order.name in (RANDOM, ROWID):
        return order
    operand = bind_operand(Name(order.name), scope)
    if isinstance(operand, Constant):
        raise FilterError(f'"{order.name}" is the same for all records')
    return replace(order, operand=operand)


def _key_of(order: Order, where: Node, source: RecordSource) -> Callable[[Record], Any]:
    if order.operand is None:
        return (lambda _: random_text(8)) if order.name == RANDOM else (lambda record: record.rowid)
    read = make_first_reader(order.operand, where)
    memo = Memo(source.trials)
    return lambda record: order_of(read(Assignment(source, record, memo)))


def _joins_of(orders: Iterable[Order]) -> tuple[Join, ...]:
    """The joins of all keys, each after what it stands on."""
    return chains_in(order.operand for order in orders if order.operand is not None)
