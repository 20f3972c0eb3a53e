"""The table's stream: every change of an item, in order, possibly more than once.

Which changes come at all, storage/followed.py says. Records that come and go are counted; work that was left
unfinished is gone on with. All of a batch is tried, whatever fails on the way. When changes could not be
counted the function raises at the end: Lambda then comes again with the batch, or with halves of it, which
does no harm, whether the event source has `ReportBatchItemFailures` or not; and the failure is one in
Lambda's own metrics. What is no change at all is logged and left out, since it would come again for ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.config import get_stream_arn
from chalicelib.errors import Overloaded
from chalicelib.frozen import dataclass
from chalicelib.jobs.backups import Read, keep_former
from chalicelib.jobs.tasks import TASKS, run_tasks
from chalicelib.jobs.watch import watched
from chalicelib.observability.logger import logger
from chalicelib.storage.counters import AT_ONCE, Coming, count_changes
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.keys import RECORD_SORT, space_of, task_key

blueprint = Blueprint(__name__)

BATCH_SIZE = 500
# A rarely changed table waits so long for a batch to fill; totals are behind by as much.
BATCH_SECONDS = 1
# For so long the changes behind a batch wait for unfinished work. Noting how far that has come is a change,
# so there is a next batch; should there be none, the minute tick goes on.
TASK_SECONDS = 5.0
TASK_RECORDS = 500
AMOUNTS = {"INSERT": 1, "REMOVE": -1}
TASK_PARTITIONS = frozenset(task_key(kind) for kind in TASKS)


class ChangesNotCounted(Exception):
    """Some changes of a batch have to come again."""


@dataclass(frozen=True)
class Told:
    """A change, as far as it matters here."""

    number: str
    second: int
    name: str
    pk: str
    sk: str
    old: Mapping[str, Any] | None = None

    @property
    def read(self) -> Read:
        """The same as backups want it."""
        return self.number, self.second, self.name, (self.pk, self.sk), self.old


@blueprint.on_dynamodb_record(
    stream_arn=get_stream_arn(),
    batch_size=BATCH_SIZE,
    starting_position="TRIM_HORIZON",
    maximum_batching_window_in_seconds=BATCH_SECONDS,
)
def record_stream(event: DynamoDBEvent) -> dict[str, Any]:
    """A batch of changes. Raises ChangesNotCounted."""
    with watched("record_stream"):
        answer = follow_changes(event.to_dict()["Records"])
        if failed := answer["batchItemFailures"]:
            raise ChangesNotCounted(f"{len(failed)} changes, from {failed[0]['itemIdentifier']} on")
    return answer


def follow_changes(changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Deal with changes; answers which were not counted, as Lambda wants to know it."""
    told = list(_read(changes))
    failed = keep_former([each.read for each in told])
    failed += [number for space, coming in _by_space(told).items() for number in _count(space, coming)]
    if any(each.pk in TASK_PARTITIONS and each.name != "REMOVE" for each in told):
        _go_on()
    return {"batchItemFailures": [{"itemIdentifier": number} for number in dict.fromkeys(failed)]}


def _read(changes: Iterable[Mapping[str, Any]]) -> Iterator[Told]:
    """Those that are changes of items."""
    for change in changes:
        try:
            yield _told_by(change)
        except (AttributeError, KeyError, TypeError, ValueError):
            logger.exception("no change of an item", extra={"keys": _names_in(change)})


def _told_by(change: Mapping[str, Any]) -> Told:
    told = change["dynamodb"]
    second, key = int(told["ApproximateCreationDateTime"]), told["Keys"]
    texts = (told["SequenceNumber"], change["eventName"], key["pk"]["S"], key["sk"]["S"])
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is missing")
    number, name, pk, sk = texts
    return Told(number, second, name, pk, sk, told.get("OldImage"))


def _names_in(change: Any) -> list[str]:
    """What can be told of it without its values, which may be anybody's."""
    return sorted(map(str, change)) if isinstance(change, Mapping) else [type(change).__name__]


def _by_space(told: Iterable[Told]) -> dict[str, list[Coming]]:
    found: dict[str, list[Coming]] = {}
    for each in told:
        space, amount = _space_in(each), AMOUNTS.get(each.name)
        if space and amount:
            found.setdefault(space, []).append(Coming(each.number, each.second, amount))
    return found


def _space_in(told: Told) -> str:
    """The space of the record that has changed; empty when it is an item of another kind."""
    return space_of(told.pk) if told.sk == RECORD_SORT else ""


def _count(space: str, coming: Sequence[Coming]) -> Iterator[str]:
    """Count them; those that could not be."""
    for start in range(0, len(coming), AT_ONCE):
        portion = coming[start : start + AT_ONCE]
        try:
            count_changes(space, portion)
        except (Overloaded, StorageFailure):
            logger.exception("changes are not counted", extra={"space": space, "changes": len(portion)})
            yield from (each.number for each in portion)


def _go_on() -> None:
    """Go on with unfinished work; when that fails, nothing in the batch has to come again for it."""
    try:
        run_tasks(TASK_RECORDS, TASK_SECONDS)
    except Exception:  # noqa: BLE001 - whatever is wrong with the work, changes must not wait for it
        logger.exception("unfinished work cannot go on yet")
