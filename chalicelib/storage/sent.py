"""When mails were posted last that are not posted again at once, across all functions."""

from chalicelib import ids
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, FreeOrHolds
from chalicelib.storage.engine import CheckItem, DeleteItem, Write, WriteItem, get_engine
from chalicelib.storage.items import SentItem

# Long after the time that matters, which is asked for by who reads.
KEPT_SECONDS = 3600


def find_last_sent(name: str) -> int:
    """When a mail of this name was posted last, in milliseconds since 1970; 0 when none is known."""
    found = get_engine().get((keys.sent_key(name), keys.SENT_SORT))
    return int(SentItem.from_attributes(found).at) if found else 0


def sent_write(name: str, last: int, now: int) -> WriteItem:
    """Notes that a mail is posted now; not when another was since `last`."""
    item = SentItem(keys.sent_key(name), keys.SENT_SORT, at=now, ttl=now // 1000 + KEPT_SECONDS)
    return WriteItem(item.to_attributes(), FreeOrHolds("at", last) if last else Absent())


def sent_removal(name: str) -> DeleteItem:
    """Forgets when a mail of this name was posted."""
    return DeleteItem((keys.sent_key(name), keys.SENT_SORT))


def untaken_checks(count: int) -> list[Write]:
    """Writes that write nothing and cost as much: checks that keys are free which nobody has."""
    names = [ids.random_text(ids.RECORD_ID_LENGTH) for _ in range(count)]
    return [CheckItem((keys.sent_key(name), keys.SENT_SORT), Absent()) for name in names]
