"""Releasing records from deleted ones that they name: they go too, or lose the id, as their field says.

Each transaction also checks that the deleted records are still gone: an id may be given again, and then those
who name it name the new record. A record that goes leaves a task to release those who name it.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from chalicelib.files.keeping import write_with_files
from chalicelib.frozen import dataclass
from chalicelib.observability.logger import logger
from chalicelib.records.reach import can_be_named
from chalicelib.records.related import ids_in
from chalicelib.records.save import renewed
from chalicelib.records.trails import Trail
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.record import Record
from chalicelib.storage.claims import Planned
from chalicelib.storage.conditions import Absent
from chalicelib.storage.due_tasks import DueTask, task_write
from chalicelib.storage.engine import CheckItem, get_engine
from chalicelib.storage.failures import Conflict, ItemTooLarge, NotUnique, TooManyItems
from chalicelib.storage.portions import in_portions
from chalicelib.storage.record_items import key_of
from chalicelib.storage.records import find_everywhere
from chalicelib.storage.transactions import Change, Delete, Update

ATTEMPTS = 10
FIRST_PAUSE = 0.02

# Makes the task that follows from records that are deleted.
NewTask: TypeAlias = Callable[[Sequence[Record]], DueTask]


@dataclass(frozen=True)
class Releasing:
    """What is the same for all records on a trail."""

    trail: Trail
    catalog: Catalog
    new_task: NewTask


@dataclass(frozen=True)
class Released:
    """How many records were written or deleted, and the work that follows."""

    records: int = 0
    tasks: tuple[DueTask, ...] = ()


def release(found: Iterable[Record], releasing: Releasing) -> Released:
    """Release those of the records that name what is gone. They may have changed since they were read."""
    changes = [change for record in found if (change := _decide(record, releasing.trail))]
    beside = 1 + len(_named_in(changes, releasing.trail))
    done = [each for portion in in_portions(changes, beside) for each in _release_portion(portion, releasing)]
    return Released(sum(each.records for each in done), tuple(task for each in done for task in each.tasks))


def _release_portion(portion: Sequence[Change], releasing: Releasing) -> list[Released]:
    try:
        return [_write(portion, releasing)]
    except (Conflict, NotUnique, TooManyItems, ItemTooLarge):
        return [_release_one(_before(change), releasing) for change in portion]


def _release_one(record: Record, releasing: Releasing) -> Released:
    """A record that stood in the way of others, as it is now."""
    for attempt in range(ATTEMPTS):
        change = _decide_anew(record, releasing)
        if change is None:
            return Released()
        try:
            return _write([change], releasing)
        except Conflict:
            get_engine().pause(random.uniform(0, FIRST_PAUSE * 2**attempt))  # noqa: S311
        except (NotUnique, TooManyItems, ItemTooLarge) as stuck:
            where = {
                "collection": record.collection.name,
                "record": record.id,
                "reason": type(stuck).__name__,
            }
            logger.warning("a reference to a deleted record stays", extra=where)
            return Released()
    raise Conflict(record.id)


def _decide_anew(record: Record, releasing: Releasing) -> Change | None:
    """What is to be done with a record as it is now, and with those that it names as they are now."""
    trail = releasing.trail
    wanted = [(trail.holder, record.id), *((trail.owner, each) for each in trail.named_by(record))]
    found = {(each.collection.space, each.id): each for each in find_everywhere(wanted)}
    current = found.get((trail.holder.space, record.id))
    gone = tuple(each for each in trail.ids if (trail.owner.space, each) not in found)
    return _decide(current, replace(trail, ids=gone)) if current else None


def _decide(record: Record, trail: Trail) -> Change | None:
    named = trail.named_by(record)
    if not named:
        return None
    if trail.relation is None:
        return Delete(record)
    left = [each for each in ids_in(record, trail.relation.name) if each not in named]
    # Who may be the last superuser is never deleted without somebody who could be told so.
    if trail.relation.cascade_delete and not left and not record.is_superuser:
        return Delete(record)
    value = left if trail.relation.is_multiple else "".join(left)
    after = replace(record, values={**record.values, trail.relation.name: value})
    return Update(record, renewed(record, after))


def _write(changes: Sequence[Change], releasing: Releasing) -> Released:
    """All of it or nothing, and only while what they name is gone."""
    trail = releasing.trail
    gone = (key_of(trail.owner, each) for each in _named_in(changes, trail))
    beside = [Planned(CheckItem(key, Absent()), Conflict(key[0])) for key in gone]
    deleted = [change.record for change in changes if isinstance(change, Delete)]
    tasks: tuple[DueTask, ...] = ()
    if deleted and can_be_named(trail.holder, releasing.catalog):
        tasks = (releasing.new_task(deleted),)
    beside += [Planned(task_write(task), Conflict(task.name)) for task in tasks]
    write_with_files(changes, beside)
    return Released(len(changes), tasks)


def _named_in(changes: Iterable[Change], trail: Trail) -> set[str]:
    return {each for change in changes for each in trail.named_by(_before(change))}


def _before(change: Change) -> Record:
    return change.before if isinstance(change, Update) else change.record
