"""Changing all records of a collection, a portion at a time.

A portion's records and how far the migration has come are written in one transaction. So a runner may be
stopped anywhere, or two may be at it: no record is changed twice and none is left out. Records that
somebody else writes meanwhile are read again and changed as they then are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import Any, TypeAlias

from chalicelib.collections.load import get_collection
from chalicelib.errors import Overloaded
from chalicelib.frozen import dataclass
from chalicelib.migrations.failures import MigrationFailed, describe_problems, told_as_failure
from chalicelib.migrations.home import LAG, bring_home
from chalicelib.records.auth_values import with_auth_values
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import plan_changed
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.records.validate import find_problems
from chalicelib.records.values import read_values
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problems, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import ItemTooLarge, NotUnique, StorageFailure, TooManyItems
from chalicelib.storage.migrations import Place, Progress, plan_progress, save_progress
from chalicelib.storage.records import find_records, read_some
from chalicelib.storage.transactions import write_together

Values: TypeAlias = Mapping[str, Any]
Change: TypeAlias = Callable[[Values], Values | None]
Say: TypeAlias = Callable[[str], None]

# A changed record is often two items with its unique value and edges, and a transaction holds 100.
PORTION = 40
TELL_EVERY = 500


@dataclass(frozen=True)
class Wanted:
    """Which collection's records to change, what changes them, and who is told how far it is."""

    name: str
    change: Change
    say: Say


@dataclass(frozen=True)
class Portion:
    """Some records, by id, and the place after them."""

    collection: Collection
    ids: Sequence[str]
    place: Place


def change_all(wanted: Wanted, progress: Progress) -> Progress:
    """Change all records after the progress's place; how far it is at the end. Raises Overtaken."""
    size = PORTION
    with told_as_failure(wanted.name):
        bring_home(get_collection(wanted.name))
        while (collection := get_collection(wanted.name)).shards.most > progress.place[0]:
            portion = _read_portion(collection, progress.place, size)
            try:
                progress = start_over_on_conflict(partial(_change, portion, wanted.change, progress))
            except TooManyItems as failure:
                if size == 1:
                    raise MigrationFailed(f"{wanted.name} {portion.ids[0]}: {failure}") from failure
                size //= 2
                continue
            if progress.records % TELL_EVERY < len(portion.ids):
                wanted.say(f"    {progress.records} records")
    return progress


def as_superuser(method: str, body: Values) -> RequestInfo:
    """The request that a superuser would make, who is none of those that are stored."""
    return RequestInfo(method=method, body=body, auth=Record(get_collection("_superusers")))


def _read_portion(collection: Collection, place: Place, size: int) -> Portion:
    records, last = read_some(collection, place, size)
    if not last:
        get_engine().pause(LAG)
        records, last = read_some(collection, place, size)
    after = (place[0], last) if last else (place[0] + 1, "")
    return Portion(collection, [record.id for record in records], after)


def _change(portion: Portion, change: Change, progress: Progress) -> Progress:
    """Change the records as they are now. Raises Conflict when somebody else was faster."""
    found = find_records(portion.collection, portion.ids)
    befores = [found[each] for each in portion.ids if each in found]
    with refusals_as_answers():
        pairs = [(before, _decide(before, change)) for before in befores]
    writes = [write for before, after in pairs if after for write in plan_changed(before, after)]
    reached = replace(progress, place=portion.place, records=progress.records + len(befores))
    if not writes:
        return save_progress(reached)
    saved, planned = plan_progress(reached)
    try:
        write_together(writes, [planned])
    except NotUnique as taken:
        raise _refused(portion.collection.name, problems_of(taken)) from taken
    except ItemTooLarge as failure:
        raise MigrationFailed(f"{portion.collection.name}: a record would become too large") from failure
    return saved


def _decide(before: Record, change: Change) -> Record | None:
    """The record as it is to become; None when it stays as it is."""
    wanted = _ask(change, before)
    if not wanted:
        return None
    collection = before.collection
    _refuse_unknown(collection, wanted)
    values = with_auth_values(collection, read_values(collection, wanted, before, superuser=True), wanted)
    after = replace(before, values=values)
    if values == before.values:
        return None
    if problems := find_problems(before, after, as_superuser("PATCH", wanted), RelatedRecords()):
        raise _refused(f"{collection.name} {before.id}", problems)
    return after


def _ask(change: Change, before: Record) -> Values | None:
    """What the migration's function makes of a record. Raises MigrationFailed that names the record."""
    try:
        return change(dict(before.values))
    except (MigrationFailed, StorageFailure, Overloaded):
        raise
    except Exception as failure:  # somebody's own function may raise anything
        place = extract_tb(failure.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        told = f"{type(failure).__name__}: {failure} ({where})"
        raise MigrationFailed(
            f"{before.collection.name} {before.id}: {change.__name__} raised {told}"
        ) from failure


def _refuse_unknown(collection: Collection, wanted: Values) -> None:
    keys = {key for field in collection.fields for key in (field.name, *field.modifier_keys())}
    if unknown := sorted(set(wanted) - keys - {"passwordConfirm", "oldPassword"}):
        raise MigrationFailed(f"{collection.name} has no field {', '.join(unknown)}")


def _refused(what: str, problems: Problems) -> MigrationFailed:
    return MigrationFailed(f"{what}: {describe_problems(problems_to_json(problems))}")
