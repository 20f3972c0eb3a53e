"""How far the rest of a deletion has come, as its task keeps it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.collections.settling import LONGEST_IN_FLIGHT, settling_seconds
from chalicelib.filters import Place
from chalicelib.frozen import dataclass
from chalicelib.schema.catalog import Catalog
from chalicelib.storage.due_tasks import DueTask


@dataclass(frozen=True)
class State:
    """What a task is about and how far it has come; moments are milliseconds since 1970.

    `since`: when these were deleted; `began`: when the pass began, 0 between passes; `trail`, `sort`,
    `record`: where it stopped; `found`: how many records it has released; `done`: and all passes before it.
    """

    collection: str
    space: str
    ids: tuple[str, ...]
    since: int
    began: int = 0
    trail: tuple[str, ...] = ()
    sort: str = ""
    record: str = ""
    found: int = 0
    done: int = 0

    @property
    def place(self) -> Place | None:
        """Where on the trail it stopped; None when that is its beginning."""
        return Place(self.sort, self.record) if self.sort else None

    @property
    def late(self) -> int:
        """From when on nobody stores a reference any more who has seen what was deleted."""
        return self.since + round(LONGEST_IN_FLIGHT * 1000) + settling()

    def after(self, released: int, place: Place | None) -> "State":
        """The same when so many records more were released, up to a place, if it can be told."""
        counted = replace(self, found=self.found + released, done=self.done + released)
        return replace(counted, sort=place.sort, record=place.record_id) if place else counted

    def describe(self, catalog: Catalog) -> str:
        """A line for whoever asks what is left to do."""
        collection = catalog.find_by_id(self.collection)
        name = collection.name if collection else self.collection
        return f"{name}: following {len(self.ids)} deleted; {self.done} records deleted or changed"


def state_of(task: DueTask) -> State:
    """What a task has kept."""
    kept: Mapping[str, Any] = task.state
    return State(**{**kept, "ids": tuple(kept["ids"]), "trail": tuple(kept["trail"])})


def settling() -> int:
    """How long a function may go on with a definition that has been changed, in milliseconds."""
    return round(settling_seconds() * 1000)
