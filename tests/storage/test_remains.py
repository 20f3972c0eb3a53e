"""What is left of records goes whole, or is still found through its records."""

from typing import Any

import pytest

from chalicelib.schema.record import Record
from chalicelib.storage.claims import claim_keys
from chalicelib.storage.edges import edge_keys
from chalicelib.storage.engine import TRANSACTION_MAX, Engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.record_items import key_of
from chalicelib.storage.records import find_record
from chalicelib.storage.remains import remove_remains
from chalicelib.storage.transactions import Create, write_together
from tests.storage.indexed import add, make_indexed
from tests.storage.samples import PEOPLE, make_record


def left(engine: Engine, records: list[Record]) -> int:
    keys = [key for record in records for key in (*claim_keys(record), *edge_keys(record))]
    return len(engine.batch_get([*keys, *(key_of(each.collection, each.id) for each in records)]))


def test_records_go_with_their_claims_and_edges(engine: Engine) -> None:
    things = make_indexed("(title)")
    tagged = [add(things, f"thing{n:010}", tags=["a", "b"], likes=["p1"]) for n in range(3)]
    people = list(write_together([Create(make_record(PEOPLE, "p1", name="Ann", slug="ann"))]))
    records = [*tagged, *people]
    assert left(engine, records) == 4 + 3 * 3 + 2
    remove_remains(records)
    assert left(engine, records) == 0
    remove_remains(records)


def test_more_than_a_transaction_holds_ends_with_the_records(engine: Engine) -> None:
    things = make_indexed()
    records = [add(things, f"thing{n:010}", tags=["a", "b", "c"]) for n in range(30)]
    send, calls = engine.send, []

    def broken(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        calls.append(operation)
        if len(calls) == 2:
            raise Unavailable("gone")
        return send(operation, arguments)

    engine.send = broken
    with pytest.raises(Unavailable):
        remove_remains(records)
    engine.send = send
    assert left(engine, records) == 30 * 4 - TRANSACTION_MAX
    assert sum(find_record(things, each.id) is not None for each in records) >= 20
    remove_remains(records)
    assert left(engine, records) == 0
