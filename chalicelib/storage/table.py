"""The one table: its keys, its indexes, making it and changing what can be changed.

Items are found by `pk` and `sk`. The indexes `gsi1` to `gsi16` are generic and sparse: an item is in `gsiN`
when it has `gNpk` and `gNsk`. `gsi1` is insertion order, the others are the collections' own indexes. All
are made with the table, since DynamoDB adds them one at a time later.
"""

from typing import Any

from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import AlreadyThere, Busy, NotThere, Unavailable

INDEXES = 16
VIEW = "NEW_AND_OLD_IMAGES"
PROJECTED = ("data", "rev", "stamp")
TTL_ATTRIBUTE = "ttl"
RECOVERY_TRIES = 30
RECOVERY_PAUSE = 2.0
_STREAM = {"StreamEnabled": True, "StreamViewType": VIEW}


def create_table(engine: Engine, is_protected: bool = False) -> bool:
    """Make the table unless it is there; whether it was made now. Returns before it is active."""
    definition = {**table_definition(engine.table), "DeletionProtectionEnabled": is_protected}
    try:
        engine.send("CreateTable", definition)
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


def keep_recoverable(engine: Engine) -> None:
    """Let the table be put back as it was at any second of the last 35 days."""
    setting = {"PointInTimeRecoveryEnabled": True}
    arguments = {"TableName": engine.table, "PointInTimeRecoverySpecification": setting}
    for _ in range(RECOVERY_TRIES):
        try:
            engine.send("UpdateContinuousBackups", arguments)
            return
        except Busy:  # a table that was made a moment ago
            engine.pause(RECOVERY_PAUSE)
    raise Unavailable("DynamoDB is not ready yet to keep backups of the table")


def protect_table(engine: Engine) -> None:
    """Let nobody delete the table unless this is switched off first."""
    engine.send("UpdateTable", {"TableName": engine.table, "DeletionProtectionEnabled": True})


def start_stream(engine: Engine) -> None:
    """Switch on the table's stream."""
    engine.send("UpdateTable", {"TableName": engine.table, "StreamSpecification": _STREAM})


def add_index(engine: Engine, number: int) -> None:
    """Add one of the indexes, which DynamoDB then fills."""
    definition = table_definition(engine.table)
    arguments = {
        "TableName": engine.table,
        "AttributeDefinitions": definition["AttributeDefinitions"],
        "GlobalSecondaryIndexUpdates": [{"Create": definition["GlobalSecondaryIndexes"][number - 1]}],
    }
    engine.send("UpdateTable", arguments)


def find_table(engine: Engine) -> dict[str, Any] | None:
    """What DynamoDB says of the table; None when there is none."""
    try:
        return dict(engine.send("DescribeTable", {"TableName": engine.table})["Table"])
    except NotThere:
        return None


def find_expiry(engine: Engine) -> str | None:
    """The attribute by which items expire, if they do."""
    answer = engine.send("DescribeTimeToLive", {"TableName": engine.table})["TimeToLiveDescription"]
    is_on = answer["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    return str(answer["AttributeName"]) if is_on else None


def find_recovery(engine: Engine) -> bool | None:
    """Whether the table is recoverable; None for no."""
    answer = engine.send("DescribeContinuousBackups", {"TableName": engine.table})
    told = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return told.get("PointInTimeRecoveryStatus") == "ENABLED" or None


def is_active(engine: Engine) -> bool:
    """Whether the table and all of its indexes can be used."""
    table = engine.send("DescribeTable", {"TableName": engine.table})["Table"]
    states = [
        table["TableStatus"],
        *(each["IndexStatus"] for each in table.get("GlobalSecondaryIndexes", [])),
    ]
    return set(states) == {"ACTIVE"}


def index_name(number: int) -> str:
    """The name of one of the generic indexes."""
    return f"gsi{number}"


def key_schemas(definition: dict[str, Any] | None = None) -> dict[str, Any]:
    """The keys of a table and of those of its indexes that are ours: all of ours when none is given."""
    table = definition or table_definition("")
    ours = {index_name(number) for number in range(1, INDEXES + 1)}
    indexes = {each["IndexName"]: each["KeySchema"] for each in table.get("GlobalSecondaryIndexes", [])}
    return {"table": table["KeySchema"], **{name: indexes[name] for name in sorted(ours & indexes.keys())}}


def table_definition(name: str) -> dict[str, Any]:
    """CreateTable's arguments."""
    slots = [(index_name(number), f"g{number}pk", f"g{number}sk") for number in range(1, INDEXES + 1)]
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
        "StreamSpecification": _STREAM,
    }


def _key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
