"""Writing many records at once that nobody reads or writes yet: without conditions, side by side.

For an import alone. What is written again is the same as before, so whoever was stopped starts over.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from chalicelib.errors import Overloaded
from chalicelib.schema.record import Record
from chalicelib.storage.edges import find_edge_change
from chalicelib.storage.engine import (
    ATTEMPTS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Attributes,
    Engine,
    Key,
    get_engine,
)
from chalicelib.storage.engine import WriteItem as Written
from chalicelib.storage.items import size_of
from chalicelib.storage.transactions import Create, plan_writes

AT_ONCE = 25
LARGEST_CALL = 15 * 1024 * 1024  # DynamoDB takes 16 MB
WRITERS = 8


def items_of(record: Record) -> list[Attributes]:
    """All items of a new record: itself, its claims, its edges. Raises ItemTooLarge."""
    planned = [each.write for each in plan_writes([Create(record)])]
    writes = [*planned, *find_edge_change(None, record).put]
    return [write.item for write in writes if isinstance(write, Written)]


def key_of_item(item: Attributes) -> Key:
    """Where an item is kept."""
    return item["pk"]["S"], item["sk"]["S"]


def put_all(items: Sequence[Attributes], engine: Engine | None = None) -> None:
    """Write all of these, of which no two have one key. Raises Overloaded."""
    put = partial(_put, engine or get_engine())
    with ThreadPoolExecutor(WRITERS) as pool:
        for _ in pool.map(put, _in_calls(items)):
            pass


def _put(engine: Engine, items: Sequence[Attributes]) -> None:
    left = list(items)
    for attempt in range(ATTEMPTS):
        left = engine.put_some(left)
        if not left:
            return
        engine.pause(min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
    raise Overloaded()


def _in_calls(items: Sequence[Attributes]) -> Iterator[list[Attributes]]:
    portion: list[Attributes] = []
    size = 0
    for item in items:
        more = size_of(item)
        if portion and (len(portion) == AT_ONCE or size + more > LARGEST_CALL):
            yield portion
            portion, size = [], 0
        portion.append(item)
        size += more
    if portion:
        yield portion
