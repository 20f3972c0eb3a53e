"""How far migrations have come on this stage. One that is not there was never begun, or was taken back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.storage import keys
from chalicelib.storage.claims import Planned
from chalicelib.storage.conditions import Absent, Holds
from chalicelib.storage.engine import DeleteItem, Key, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, StorageFailure
from chalicelib.storage.items import MigrationItem
from chalicelib.storage.queries import Query

UP, DOWN = "up", "down"
# The shard and the rowid of the last record that is done.
Place = tuple[int, str]
START: Place = (0, "")


class Overtaken(StorageFailure):
    """Somebody else goes on with the migration."""


@dataclass(frozen=True)
class Progress:
    """A migration that was begun.

    `done` are the complete steps, in words; `place` and `records` say how far the next one has come. `runner`
    is who went on with it last; `rev` counts its writes, 0 means not stored yet.
    """

    name: str
    direction: str = UP
    done: tuple[str, ...] = ()
    place: Place = START
    records: int = 0
    is_finished: bool = False
    backup: str = ""
    at: str = ""
    runner: str = ""
    rev: int = 0

    @property
    def is_applied(self) -> bool:
        """Whether it was carried out whole, and nobody has begun to take it back."""
        return self.is_finished and self.direction == UP


def find_progress() -> dict[str, Progress]:
    """All migrations that were begun, by name."""
    pages = get_engine().query(Query(keys.MIGRATIONS, consistent=True))
    found = (_from_attributes(attributes) for page in pages for attributes in page)
    return {progress.name: progress for progress in found}


def save_progress(progress: Progress) -> Progress:
    """Keep how far it has come. Raises Overtaken."""
    saved, planned = plan_progress(progress)
    _once(lambda: get_engine().write_all([planned.write]), lambda found: _is_same(found, saved), saved.name)
    return saved


def plan_progress(progress: Progress) -> tuple[Progress, Planned]:
    """What it will be once kept, and the write that does it: for a transaction with what was done."""
    saved = replace(progress, rev=progress.rev + 1, at=clock.to_text(clock.now()))
    values = {name: value for name, value in asdict(saved).items() if name not in ("name", "rev")}
    item = MigrationItem(*_key_of(saved), rev=saved.rev).keep(values)
    condition = Holds("rev", progress.rev) if progress.rev else Absent()
    return saved, Planned(WriteItem(item.to_attributes(), condition), Overtaken(progress.name))


def remove_progress(progress: Progress) -> None:
    """Forget a migration that was taken back. Raises Overtaken."""
    write = DeleteItem(_key_of(progress), Holds("rev", progress.rev))
    _once(lambda: get_engine().write_all([write]), lambda found: found is None, progress.name)


def _once(write: Callable[[], None], is_done: Callable[[Progress | None], bool], name: str) -> None:
    """Write; a condition that failed because the answer got lost and the write met itself is no failure."""
    try:
        write()
    except ConditionFailed as failed:
        if not is_done(find_progress().get(name)):
            raise Overtaken(name) from failed


def _is_same(found: Progress | None, saved: Progress) -> bool:
    return found is not None and (found.rev, found.runner) == (saved.rev, saved.runner)


def _key_of(progress: Progress) -> Key:
    return keys.MIGRATIONS, progress.name


def _from_attributes(attributes: Mapping[str, Any]) -> Progress:
    item = MigrationItem.from_attributes(attributes)
    values = {**item.value, "done": tuple(item.value["done"]), "place": tuple(item.value["place"])}
    return Progress(item.sk, **values, rev=int(item.rev))
