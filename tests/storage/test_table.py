"""Making the table."""

from chalicelib.storage.engine import Engine
from chalicelib.storage.table import create_table, expire_items, is_active, table_definition


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
