"""Records' places in insertion order as an import keeps them."""

from chalicelib.pocketbase.import_records import GREATEST_ROWID, rowid_of
from chalicelib.storage.rowids import new_rowid

SQLITE = (
    -(2**63),
    -(2**60) - 1,
    -(2**60),
    -2,
    -1,
    0,
    1,
    GREATEST_ROWID - 1,
    GREATEST_ROWID,
    GREATEST_ROWID + 1,
    2**60,
    2**63 - 1,
)


def test_all_numbers_of_sqlite_keep_their_order_before_what_is_new() -> None:
    places = [rowid_of({"@rowid": number}) for number in SQLITE]
    assert sorted(set(places)) == places
    assert places[-1] < new_rowid()
