"""Writing changed definitions: all or none, and never over somebody else's change."""

import random
from collections.abc import Callable
from dataclasses import replace

from chalicelib.collections.load import get_newest, note_saved
from chalicelib.errors import BadRequest, TooManyRequests
from chalicelib.frozen import dataclass
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.storage.collections import save_collections
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Conflict, ItemTooLarge, TooManyItems
from chalicelib.storage.tasks import Task, task_write

ATTEMPTS = 20
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
TOO_BUSY = "The collections were changed by somebody else meanwhile. Please try again."
TOO_MANY = (
    "Too many or too large collections for one transaction "
    "(at most 99 collections, 98 when any is deleted, 4 MB together)."
)
TOO_LARGE = "The collection definition is too large."


@dataclass(frozen=True)
class Change:
    """Definitions to write and to remove, together, and the work that this makes."""

    put: tuple[Collection, ...] = ()
    remove: tuple[Collection, ...] = ()
    tasks: tuple[Task, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.remove)

    def applied_to(self, catalog: Catalog) -> Catalog:
        """The catalog after this change, new collections last."""
        put = {collection.id: collection for collection in self.put}
        gone = {collection.id for collection in self.remove}
        kept = [put.pop(old.id, old) for old in catalog if old.id not in gone]
        return Catalog([*kept, *put.values()])


def save_change(decide: Callable[[Catalog], Change]) -> Change:
    """Carry out what `decide` makes of the present catalog; asked again when another change came first."""
    for attempt in range(ATTEMPTS):
        snapshot = get_newest()
        try:
            change = decide(snapshot.catalog)
            if not change:
                return change
            version = _write(change, snapshot.version)
        except Conflict:
            # Whoever lost must not lose again to the same others: pauses are random, and grow.
            get_engine().pause(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))  # noqa: S311
            continue
        saved = replace(snapshot, catalog=change.applied_to(snapshot.catalog), version=version)
        note_saved(saved, snapshot.version)
        return change
    raise TooManyRequests(TOO_BUSY)


def _write(change: Change, version: str) -> str:
    put = [collection.to_stored() for collection in change.put]
    tasks = [task_write(task) for task in change.tasks]
    try:
        return save_collections(put, [collection.id for collection in change.remove], version, tasks)
    except TooManyItems as failure:
        raise BadRequest(TOO_MANY) from failure
    except ItemTooLarge as failure:
        raise BadRequest(TOO_LARGE) from failure
