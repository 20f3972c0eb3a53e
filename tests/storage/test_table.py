"""Making the table."""

import pytest

from chalicelib.storage.connection import failure_of
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Unavailable
from chalicelib.storage.table import (
    create_table,
    expire_items,
    find_expiry,
    find_recovery,
    find_table,
    is_active,
    keep_recoverable,
    table_definition,
)
from tests.storage.faults import Fault, Faulty


def test_making_it_again_changes_nothing(engine: Engine) -> None:
    assert create_table(engine) is False
    expire_items(engine)
    expire_items(engine)
    assert is_active(engine)


def test_it_has_sixteen_sparse_indexes() -> None:
    definition = table_definition("quoll")
    indexes = definition["GlobalSecondaryIndexes"]
    assert [index["IndexName"] for index in indexes] == [f"gsi{number}" for number in range(1, 17)]
    assert {tuple(index["Projection"]["NonKeyAttributes"]) for index in indexes} == {("data", "rev", "stamp")}


def test_it_streams_both_images_and_costs_nothing_idle() -> None:
    definition = table_definition("quoll")
    assert definition["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert definition["BillingMode"] == "PAY_PER_REQUEST"


def test_what_is_there(engine: Engine) -> None:
    table = find_table(engine)
    assert table
    assert table["TableName"] == engine.table
    expire_items(engine)
    keep_recoverable(engine)
    assert (find_expiry(engine), find_recovery(engine)) == ("ttl", True)


def test_a_table_that_was_just_made_is_not_ready_for_recovery(engine: Engine) -> None:
    pauses: list[float] = []
    failure = failure_of({"Code": "ContinuousBackupsUnavailableException", "Message": "not yet"})
    faulty = Faulty(engine.send, [Fault("UpdateContinuousBackups", failure, times=3)])
    keep_recoverable(Engine(engine.table, faulty, pauses.append))
    assert (len(pauses), find_recovery(engine)) == (3, True)


def test_recovery_is_not_waited_for_without_end(engine: Engine) -> None:
    faulty = Faulty(engine.send, [Fault("UpdateContinuousBackups", Busy("not yet"), times=1000)])
    with pytest.raises(Unavailable, match="not ready yet"):
        keep_recoverable(Engine(engine.table, faulty, lambda seconds: None))


def test_what_is_not_there(engine: Engine) -> None:
    assert find_table(Engine("quoll-of-nobody", engine.send)) is None
