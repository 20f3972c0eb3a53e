"""How many records a collection has: counters that hear of every change, and count each once.

A collection has several counters, so that changes that are heard of at the same time rarely meet. What was
heard is noted in the transaction that counts it, under the second in which the stream says that the change
happened: a change that comes again, in whatever company, is found there and does not count. A count may be
behind by as long as a change takes to be heard of.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from chalicelib import ids
from chalicelib.errors import Overloaded
from chalicelib.frozen import dataclass
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Condition, Holds
from chalicelib.storage.engine import ATTEMPTS, Attributes, DeleteItem, Key, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed
from chalicelib.storage.items import CounterItem, HeardItem, TaskItem
from chalicelib.storage.queries import Query

RECOUNT = "recount"
COUNTERS = 8
# Each change may be of another second, and all of them go into one transaction with a counter.
AT_ONCE = 90
# A stream repeats what is up to a day old.
HEARD_SECONDS = 26 * 60 * 60
FIRST_PAUSE = 0.01
# Of a change's number this much is kept, in 8 letters: 48 bits tell the changes of one second apart.
_PRINT_BYTES = 6
_PRINT_LETTERS = 8


@dataclass(frozen=True)
class Coming:
    """A record that has come (1) or gone (-1): the stream's number of the change, and its second."""

    number: str
    second: int
    amount: int


def count_changes(space: str, changes: Sequence[Coming]) -> None:
    """Count what was not counted yet: up to AT_ONCE changes of one collection, all of them or none."""
    _write_until_it_holds(lambda: _uncounted(space, changes))


def correct_total(space: str, amount: int) -> None:
    """Add to a count that was found to be wrong. What is heard of meanwhile counts as well."""
    key = _some_counter(space)
    _write_until_it_holds(lambda: [_added(key, get_engine().get(key), amount)])


def find_total(space: str) -> int | None:
    """How many records there are, as far as was heard; None when nothing was ever counted."""
    pages = get_engine().query(Query(keys.counter_key(space)))
    counters = [CounterItem.from_attributes(item) for page in pages for item in page]
    return sum(int(counter.records) for counter in counters) if counters else None


def find_difference(space: str) -> int:
    """By how much the count was found to be wrong last time; 0 when it never was looked at."""
    found = get_engine().get(_difference_key(space))
    return int(TaskItem.from_attributes(found).value) if found else 0


def save_difference(space: str, difference: int) -> None:
    """Note by how much the count was found to be wrong."""
    item = TaskItem(*_difference_key(space), rev=1).keep(difference)
    get_engine().write_all([WriteItem(item.to_attributes())])


def remove_total(space: str) -> None:
    """Forget the count of a collection that is gone. What was heard of changes goes by itself after a day."""
    found = next(get_engine().query(Query(keys.counter_key(space), consistent=True)))
    counters = [(item["pk"]["S"], item["sk"]["S"]) for item in found]
    get_engine().write_all([DeleteItem(key) for key in [*counters, _difference_key(space)]])


def _difference_key(space: str) -> Key:
    return keys.task_key(RECOUNT), space


def _write_until_it_holds(find_writes: Callable[[], Sequence[WriteItem]]) -> None:
    """Read, decide and write; again, when somebody else has written meanwhile."""
    for attempt in range(ATTEMPTS):
        try:
            get_engine().write_all(find_writes())
        except ConditionFailed:
            get_engine().pause(FIRST_PAUSE * 2**attempt)
        else:
            return
    raise Overloaded()


def _uncounted(space: str, changes: Sequence[Coming]) -> list[WriteItem]:
    """What is to be written for those of the changes that nobody has heard of."""
    counter = _some_counter(space)
    notes = {change.second: (keys.heard_key(space, change.second), keys.HEARD_SORT) for change in changes}
    found = _by_key(get_engine().batch_get([counter, *notes.values()]))
    heard = {second: _heard(key, second, found.get(key)) for second, key in notes.items()}
    fresh = {_print_of(change): change for change in changes}
    fresh = {each: change for each, change in fresh.items() if each not in _prints_in(heard[change.second])}
    if not fresh:
        return []
    total = sum(change.amount for change in fresh.values())
    noted: dict[int, list[str]] = {change.second: [] for change in fresh.values()}
    for each, change in fresh.items():
        noted[change.second].append(each)
    return [
        _added(counter, found.get(counter), total),
        *(_noted(heard[second], prints) for second, prints in noted.items()),
    ]


def _some_counter(space: str) -> Key:
    return keys.counter_key(space), str(ids.random_below(COUNTERS))


def _added(key: Key, stored: Attributes | None, amount: int) -> WriteItem:
    counter = CounterItem.from_attributes(stored) if stored else CounterItem(*key, records=0, rev=0)
    condition = _unchanged(counter)
    counter.records, counter.rev = counter.records + amount, counter.rev + 1
    return WriteItem(counter.to_attributes(), condition)


def _heard(key: Key, second: int, stored: Attributes | None) -> HeardItem:
    if stored:
        return HeardItem.from_attributes(stored)
    return HeardItem(*key, changes="", rev=0, ttl=second + HEARD_SECONDS)


def _noted(heard: HeardItem, prints: Iterable[str]) -> WriteItem:
    condition = _unchanged(heard)
    heard.changes, heard.rev = heard.changes + "".join(prints), heard.rev + 1
    return WriteItem(heard.to_attributes(), condition)


def _unchanged(item: CounterItem | HeardItem) -> Condition:
    return Holds("rev", int(item.rev)) if item.rev else Absent()


def _by_key(items: Iterable[Attributes]) -> Mapping[Key, Attributes]:
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}


def _prints_in(heard: HeardItem) -> set[str]:
    text = heard.changes
    return {text[start : start + _PRINT_LETTERS] for start in range(0, len(text), _PRINT_LETTERS)}


def _print_of(change: Coming) -> str:
    digest = hashlib.blake2b(change.number.encode(), digest_size=_PRINT_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()
