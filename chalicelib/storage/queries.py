"""What a query asks for, as data."""

from collections.abc import Mapping
from typing import Any

from chalicelib.frozen import dataclass

# As good as any number: 1 MB comes first.
LARGEST_PAGE = 10_000
WHOLE_PARTITION = "#p = :p"
STRETCH = "#p = :p AND #s BETWEEN :l AND :h"
# Sorts before and after every sort key.
FIRST_KEY, LAST_KEY = "\x00", "\U0010ffff"


@dataclass(frozen=True)
class Query:
    """A range of the table, or of an index: one partition, sort keys that begin with `prefix`.

    Or, with `low` and `high`, those from one to the other.
    `after` is where to start: the keys of an item, those of the table and those of the index.
    """

    partition: str
    index: str = ""
    prefix: str = ""
    low: str = ""
    high: str = ""
    backwards: bool = False
    consistent: bool = False
    page_size: int | None = None
    after: Mapping[str, str] | None = None


def query_arguments(wanted: Query) -> dict[str, Any]:
    """What DynamoDB takes for it.

    >>> query_arguments(Query("R#x#0", index="gsi1", page_size=30))["ExpressionAttributeNames"]
    {'#p': 'g1pk'}
    >>> query_arguments(Query("R#x#0", low="a", high="b"))["KeyConditionExpression"]
    '#p = :p AND #s BETWEEN :l AND :h'
    """
    slot = wanted.index.replace("gsi", "g")
    names = {"#p": f"{slot}pk"}
    values = {":p": {"S": wanted.partition}}
    condition = WHOLE_PARTITION
    if wanted.prefix:
        names["#s"], values[":s"] = f"{slot}sk", {"S": wanted.prefix}
        condition += " AND begins_with(#s, :s)"
    if wanted.low or wanted.high:
        names["#s"] = f"{slot}sk"
        values |= {":l": {"S": wanted.low or FIRST_KEY}, ":h": {"S": wanted.high or LAST_KEY}}
        condition = STRETCH
    arguments: dict[str, Any] = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": not wanted.backwards,
        "ConsistentRead": wanted.consistent,
    }
    if wanted.index:
        arguments["IndexName"] = wanted.index
    if wanted.page_size:
        arguments["Limit"] = min(wanted.page_size, LARGEST_PAGE)
    if wanted.after:
        arguments["ExclusiveStartKey"] = {name: {"S": key} for name, key in wanted.after.items()}
    return arguments
