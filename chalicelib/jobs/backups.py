"""While a backup is made, who follows the stream keeps former records for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.backups.moment import find_moment
from chalicelib.errors import Overloaded
from chalicelib.observability.logger import logger
from chalicelib.storage.engine import Key
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.images import keep_image, remove_marks
from chalicelib.storage.keys import MARK_PREFIX, MARK_SORT, RECORD_SORT, space_of

# A change that can be read: its number, second, name and key, and what the item was.
Read = tuple[str, int, str, Key, Mapping[str, Any] | None]


def keep_former(changes: Sequence[Read]) -> list[str]:
    """Keep what records were, where a backup wants it; the numbers of changes that have to come again.

    Marks are removed once all that came before them is kept. One call of DynamoDB when no backup is made.
    """
    records = [each for each in changes if each[3][1] == RECORD_SORT and space_of(each[3][0])]
    marks = [each for each in changes if _is_mark(each)]
    try:
        if moment := find_moment() if records else None:
            _keep(records, moment)
        remove_marks([each[3] for each in marks])
    except (Overloaded, StorageFailure):
        logger.exception("former records are not kept", extra={"changes": len(records)})
        return [each[0] for each in (*records, *marks)]
    return []


def _keep(records: Sequence[Read], moment: tuple[str, int]) -> None:
    name, since = moment
    for _, second, event, (pk, _), old in records:
        if second >= since:
            keep_image(name, pk, None if event == "INSERT" else old)


def _is_mark(change: Read) -> bool:
    _, _, event, (pk, sk), _ = change
    return event == "INSERT" and sk == MARK_SORT and pk.startswith(MARK_PREFIX)
