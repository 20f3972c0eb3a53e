"""Removing what deleted collections leave behind.

The definition goes first, which hides all records at once; the work is noted in the same transaction, so
that nothing is forgotten. Whoever comes by removes what is found, a portion at a time, in any order. A
function that does not know of the deletion yet may still store records: it is over when nothing is found
after a while.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

from chalicelib import clock
from chalicelib.collections.orphans import Deletion, remove_orphans
from chalicelib.collections.settling import longest_settling_seconds
from chalicelib.files.named import files_of
from chalicelib.files.removal import remove_files
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import ATTACHED
from chalicelib.storage.counters import remove_total
from chalicelib.storage.records import read_some
from chalicelib.storage.remains import remove_remains
from chalicelib.storage.tasks import Portion, Task, TaskKind, find_tasks, remove_task, run_in_turn

KIND = "purge"
PORTION = 100
# What there is time for within one request.
MAX_AT_ONCE = 1000
MAX_MILLISECONDS = 5000
# Within so many seconds the counters have heard of what was removed last.
HEARD_SECONDS = 5


def purge_task(removed: Sequence[Collection]) -> Task:
    """The work that the spaces of these collections leave."""
    left = [_bare(each).to_stored() for each in removed]
    return Task(KIND, removed[0].space, {"since": clock.unix_milliseconds(), "left": left})


def deletion_task(removed: Sequence[Collection], catalog: Catalog) -> Task:
    """The same for collections that are gone altogether: what hangs on their records goes, too."""
    task = purge_task(removed)
    owners = [each.id for each in removed if each.is_auth]
    holders = [each.space for each in catalog if each.name in ATTACHED]
    return replace(task, state={**task.state, "owners": owners, "holders": holders})


def purge_at_once(tasks: Sequence[Task]) -> None:
    """Remove what there is time for, of work that is noted already; the rest is left to the next runner."""
    until = clock.stopwatch() + MAX_MILLISECONDS
    run_in_turn(KIND, _portions_of(tasks), MAX_AT_ONCE, until)
    if all(_is_over(task) for task in tasks):  # it is, where nobody trusts what is in memory
        run_in_turn(KIND, _portions_of(tasks), MAX_AT_ONCE, until)


def run_some(limit: int) -> int:
    """Go on with the work, for about so many records; how many it were. 0 when there is nothing to do now."""
    return run_in_turn(KIND, _portions_of(find_tasks(KIND)), limit)


def describe_work() -> list[str]:
    """A line for each deletion that is not over."""
    return [
        f"{each['name']}: deleted; its records are being removed"
        for task in find_tasks(KIND)
        for each in task.state["left"]
    ]


def _portions_of(tasks: Iterable[Task]) -> dict[str, Portion]:
    return {task.name: partial(next, _go_through(task), 0) for task in tasks}


def _go_through(task: Task) -> Iterator[int]:
    """Remove what is found, telling after each portion how many it were; forget the task when it is over."""
    left = [Collection.from_stored(each) for each in task.state["left"]]
    total = 0
    for count in chain(_remove_attached(task), *(_remove_all(each) for each in left)):
        total += count
        yield count
    if not total and _is_over(task):
        for collection in left:
            remove_total(collection.space)
        remove_task(task)


def _remove_attached(task: Task) -> Iterator[int]:
    since, holders = int(task.state["since"]), task.state.get("holders", ())
    deletions = (Deletion(each, since, holders) for each in task.state.get("owners", ()))
    return chain.from_iterable(remove_orphans(each, PORTION) for each in deletions)


def _remove_all(collection: Collection) -> Iterator[int]:
    for shard in range(collection.shards.most):
        records, rowid = read_some(collection, (shard, ""), PORTION)
        while rowid:
            remove_files([place for record in records for place in files_of(record)])
            remove_remains(records)
            yield max(1, len(records))
            records, rowid = read_some(collection, (shard, rowid), PORTION)


def _is_over(task: Task) -> bool:
    """Whether nobody stores records any more, and all that were removed are counted."""
    settling = longest_settling_seconds()
    waiting = settling + HEARD_SECONDS if settling else 0
    return clock.unix_milliseconds() >= int(task.state["since"]) + waiting * 1000


def _bare(collection: Collection) -> Collection:
    """Without what is secret and has nothing to do with where its records are."""
    return replace(collection, type="base", auth=None)


TASK = TaskKind(KIND, run_some, describe_work)
