"""The table's stream: every change of an item, in order, possibly more than once. It keeps the totals.

Lambda hands over changes in batches. The answer names those that could not be dealt with; Lambda then comes
again with these and whatever follows them, which does no harm. For that the function's event source needs
`ReportBatchItemFailures` among its response types.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.config import get_stream_arn
from chalicelib.errors import Overloaded
from chalicelib.observability.logger import logger
from chalicelib.storage.counters import AT_ONCE, Coming, count_changes
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.keys import RECORD_SORT, space_of

blueprint = Blueprint(__name__)

BATCH_SIZE = 500
# A rarely changed table waits so long for a batch to fill; totals are behind by as much.
BATCH_SECONDS = 1
AMOUNTS = {"INSERT": 1, "REMOVE": -1}


@blueprint.on_dynamodb_record(
    stream_arn=get_stream_arn(),
    batch_size=BATCH_SIZE,
    starting_position="TRIM_HORIZON",
    maximum_batching_window_in_seconds=BATCH_SECONDS,
)
def record_stream(event: DynamoDBEvent) -> dict[str, Any]:
    """A batch of changes."""
    return follow_changes(event.to_dict()["Records"])


def follow_changes(changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Count records that have come and gone; answers which changes failed, as Lambda wants to know it."""
    failed = [number for space, coming in _by_space(changes).items() for number in _count(space, coming)]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def _by_space(changes: Sequence[Mapping[str, Any]]) -> dict[str, list[Coming]]:
    found: dict[str, list[Coming]] = {}
    for change in changes:
        space, amount = _space_in(change), AMOUNTS.get(change["eventName"])
        if space and amount:
            told = change["dynamodb"]
            coming = Coming(told["SequenceNumber"], int(told["ApproximateCreationDateTime"]), amount)
            found.setdefault(space, []).append(coming)
    return found


def _space_in(change: Mapping[str, Any]) -> str:
    """The space of the record that has changed; empty when it is an item of another kind."""
    key = change["dynamodb"]["Keys"]
    return space_of(key["pk"]["S"]) if key["sk"]["S"] == RECORD_SORT else ""


def _count(space: str, coming: Sequence[Coming]) -> Iterator[str]:
    """Count them; those that could not be."""
    for start in range(0, len(coming), AT_ONCE):
        portion = coming[start : start + AT_ONCE]
        try:
            count_changes(space, portion)
        except (Overloaded, StorageFailure):
            logger.exception("changes are not counted", extra={"space": space, "changes": len(portion)})
            yield from (each.number for each in portion)
