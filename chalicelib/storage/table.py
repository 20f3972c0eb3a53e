"""The one table: its keys, its indexes, and making it.

Items are found by `pk` and `sk`. The indexes `gsi1` to `gsi16` are generic and sparse: an item is in `gsiN`
when it has `gNpk` and `gNsk`. `gsi1` is insertion order, the others are the collections' own indexes. All
are made with the table, since DynamoDB adds them one at a time later.
"""

from typing import Any

from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import AlreadyThere

INDEXES = 16
PROJECTED = ("data", "rev", "stamp")
TTL_ATTRIBUTE = "ttl"


def create_table(engine: Engine) -> bool:
    """Make the table unless it is there; whether it was made now. Returns before it is active."""
    try:
        engine.send("CreateTable", table_definition(engine.table))
    except AlreadyThere:
        return False
    return True


def expire_items(engine: Engine) -> None:
    """Let DynamoDB remove items whose `ttl` has passed. Needs an active table; harmless when repeated."""
    setting = {"Enabled": True, "AttributeName": TTL_ATTRIBUTE}
    try:
        engine.send("UpdateTimeToLive", {"TableName": engine.table, "TimeToLiveSpecification": setting})
    except AlreadyThere:
        return


def is_active(engine: Engine) -> bool:
    """Whether the table can be used."""
    answer = engine.send("DescribeTable", {"TableName": engine.table})
    return bool(answer["Table"]["TableStatus"] == "ACTIVE")


def table_definition(name: str) -> dict[str, Any]:
    """CreateTable's arguments."""
    slots = [("gsi" + str(number), f"g{number}pk", f"g{number}sk") for number in range(1, INDEXES + 1)]
    keys = ["pk", "sk", *(key for _, *pair in slots for key in pair)]
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(PROJECTED)}
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "KeySchema": _key_schema("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _key_schema(first, second), "Projection": projection}
            for index, first, second in slots
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def _key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
