"""Which stretch of which slot holds every record that a tree can match, and what order it comes in."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from chalicelib.filters.access import Bound, BySlot
from chalicelib.filters.bound import Column
from chalicelib.filters.facts import EQUAL, HIGH, LOW, START, Facts, is_plain
from chalicelib.filters.joins import ROOT
from chalicelib.filters.sort import ROWID, Order, Sort
from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import IndexColumn
from chalicelib.schema.slots import Slot

BINARY = frozenset({"", "BINARY"})
NOCASE = "NOCASE"
ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

# The two ends, or what the texts begin with.
Range: TypeAlias = tuple[Bound | None, Bound | None, str | None]
ENDLESS: Range = (None, None, None)


@dataclass(frozen=True)
class Choice:
    """A stretch of a slot. `equal` columns tell many records apart, `weak` ones only true from false.

    `is_all` when whatever lies in it matches, as far as keys can tell.
    """

    access: BySlot
    equal: int
    weak: int
    has_range: bool
    in_order: bool
    is_all: bool

    @property
    def is_selective(self) -> bool:
        """Whether it narrows the search by an equality."""
        return self.equal > 0

    @property
    def rank(self) -> tuple[int, bool, bool, int]:
        """The higher, the better."""
        return self.equal, self.has_range, self.in_order, self.weak


def choose_slot(facts: Facts, sort: Sort, collection: Collection) -> Choice | None:
    """The best stretch there is, if any narrows the search or gives the order."""
    choices = _choices(facts, sort, collection)
    useful = [choice for choice in choices if _is_useful(choice, sort)]
    return max(useful, key=lambda choice: choice.rank, default=None)


def choose_ordered(facts: Facts, sort: Sort, collection: Collection) -> Choice | None:
    """The best stretch there is that comes in the sort's order, and in one that sorting can give, too."""
    choices = _choices(facts, sort, collection)
    ordered = [choice for choice in choices if choice.in_order and _can_be_sorted_by(choice, collection)]
    return max(ordered, key=lambda choice: choice.rank, default=None)


def _can_be_sorted_by(choice: Choice, collection: Collection) -> bool:
    """Whether what tells its records apart compares as plain columns do."""
    slot = choice.access.slot
    left = slot.columns[len(choice.access.equal) :]
    is_plain_slot = len(usable_columns(slot, collection)) == len(slot.columns)
    return is_plain_slot and all(column.collate.upper() in BINARY for column in left)


def _choices(facts: Facts, sort: Sort, collection: Collection) -> list[Choice]:
    choices = [make_choice(slot, facts, sort, collection) for slot in collection.ready_slots]
    return [choice for choice in choices if choice is not None]


def _is_useful(choice: Choice, sort: Sort) -> bool:
    """True or false alone is worth no sorting when insertion order needs none."""
    is_weak = not (choice.equal or choice.has_range or choice.in_order)
    return any(choice.rank) and not (is_weak and sort.is_insertion_order)


def make_choice(slot: Slot, facts: Facts, sort: Sort, collection: Collection) -> Choice | None:
    """What a slot can do; None when it may lack records that match."""
    if not is_covering(slot, facts):
        return None
    columns = usable_columns(slot, collection)
    names = [column.name for column in columns]
    equal = _pinned_columns(names, facts)
    rest = columns[len(equal) :]
    low, high, start = _range_of(rest[0], facts) if rest else ENDLESS
    is_whole = len(columns) == len(slot.columns)
    backwards = find_direction(sort, rest, facts, is_whole=is_whole)
    pinned = [fact.value for name in equal if (fact := facts.equal(name)) is not None]
    access = BySlot(slot, tuple(pinned), low, high, start, backwards=bool(backwards))
    weak = sum(collection.field_by_name[name].type == "bool" for name in equal)
    has_range = (low, high, start) != ENDLESS
    # Who asks for no order gets the one that costs least.
    is_free = not sort.orders and bool(equal or has_range or slot.condition)
    return Choice(
        access,
        equal=len(equal) - weak,
        weak=weak,
        has_range=has_range,
        in_order=is_free or backwards is not None,
        is_all=_says_all(access, columns, facts),
    )


def is_covering(slot: Slot, facts: Facts) -> bool:
    """Whether a partial slot is known to have every record of which the facts are true."""
    condition = slot.condition
    values = facts.values
    return condition is None or (values.keys() >= set(condition.columns()) and slot.applies_to(values))


def usable_columns(slot: Slot, collection: Collection) -> Sequence[IndexColumn]:
    """The slot's columns up to the first that holds no single text or number."""
    usable = []
    for column in slot.columns:
        field = collection.field_by_name.get(column.name)
        if column.is_expression or field is None or not is_plain(Column(ROOT, field)):
            break
        usable.append(column)
    return usable


def find_direction(
    sort: Sort, columns: Sequence[IndexColumn], facts: Facts, *, is_whole: bool
) -> bool | None:
    """Whether to read backwards to get a sort from the columns left; None when that does not give it.

    Records that the sort does not tell apart come in the slot's order.
    """
    orders = [order for order in sort.orders if not _is_decided(order, facts)]
    directions = set()
    left = iter(columns)
    for order in orders:
        column = next(left, None)
        directions.add(order.is_descending)
        if order.name == ROWID and column is None and is_whole:
            break
        if column is None or not _gives(column, order):
            return None
    if not orders and (columns or not is_whole):
        return None
    return None if len(directions) > 1 else directions == {True}


def _is_decided(order: Order, facts: Facts) -> bool:
    """Whether all records that match are the same to a sort key."""
    return is_plain(order.operand) and facts.equal(order.name) is not None


def _gives(column: IndexColumn, order: Order) -> bool:
    return is_plain(order.operand) and column.name == order.name and column.collate.upper() in BINARY


def _pinned_columns(names: Iterable[str], facts: Facts) -> list[str]:
    """The first columns that have known values."""
    pinned = []
    for name in names:
        if facts.equal(name) is None:
            break
        pinned.append(name)
    return pinned


def _range_of(column: IndexColumn, facts: Facts) -> Range:
    """The ends or the beginning that are known of a column, if its collation sorts by them."""
    collation = column.collate.upper()
    start = _start_in(collation, facts.start(column.name))
    if collation not in BINARY:
        return None, None, start
    low, high = facts.bound(column.name, LOW), facts.bound(column.name, HIGH)
    return (low, high, None) if low or high else (None, None, start)


def _start_in(collation: str, start: str | None) -> str | None:
    """LIKE takes letters in any case: where the collation does not, a start ends before its first letter."""
    if start is None or collation == NOCASE:
        return start
    if collation not in BINARY:
        return None
    length = next((place for place, char in enumerate(start) if char in ASCII_LETTERS), len(start))
    return start[:length] or None


def _says_all(access: BySlot, columns: Sequence[IndexColumn], facts: Facts) -> bool:
    """Whether each part of the tree is a fact that the stretch makes sure of."""
    used = [(column.name, EQUAL) for column in columns[: len(access.equal)]]
    if len(columns) > len(used):
        name = columns[len(used)].name
        used += [(name, LOW)] if access.low else []
        used += [(name, HIGH)] if access.high else []
        used += [(name, START)] if access.prefix == facts.start(name) is not None else []
    served = [fact for fact in facts.known if (fact.column, fact.kind) in used and fact.is_all]
    return len(served) == facts.parts
