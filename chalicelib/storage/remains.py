"""What records leave behind when their collection is gone: nobody can reach it, and it keeps its room."""

from collections.abc import Sequence

from chalicelib.schema.record import Record
from chalicelib.storage.claims import claim_keys
from chalicelib.storage.edges import edge_keys
from chalicelib.storage.engine import TRANSACTION_MAX, DeleteItem, Key, get_engine
from chalicelib.storage.record_items import key_of


def remove_remains(records: Sequence[Record]) -> None:
    """Remove records, and their claims and edges before them: these are found through their records."""
    small: list[Key] = [key for record in records for key in (*claim_keys(record), *edge_keys(record))]
    found = dict.fromkeys([*small, *(key_of(record.collection, record.id) for record in records)])
    writes = [DeleteItem(key) for key in found]
    for start in range(0, len(writes), TRANSACTION_MAX):
        get_engine().write_all(writes[start : start + TRANSACTION_MAX])
