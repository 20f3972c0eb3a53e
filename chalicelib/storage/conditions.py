"""When a write may happen, as data."""

from typing import Any, TypeAlias

from chalicelib.frozen import dataclass


@dataclass(frozen=True)
class Absent:
    """No item has this key."""


@dataclass(frozen=True)
class Holds:
    """The item exists and its attribute has this value."""

    attribute: str
    value: str | int


@dataclass(frozen=True)
class FreeOrHolds:
    """No item has this key, or its attribute has this value."""

    attribute: str
    value: str | int


Condition: TypeAlias = Absent | Holds | FreeOrHolds

_TEXTS: dict[type, str] = {
    Absent: "attribute_not_exists(pk)",
    Holds: "#c = :c",
    FreeOrHolds: "attribute_not_exists(pk) OR #c = :c",
}


def as_arguments(condition: Condition | None) -> dict[str, Any]:
    """What DynamoDB takes for it.

    >>> as_arguments(Absent())
    {'ConditionExpression': 'attribute_not_exists(pk)'}
    >>> as_arguments(Holds("rev", 3))["ExpressionAttributeValues"]
    {':c': {'N': '3'}}
    """
    if condition is None:
        return {}
    if isinstance(condition, Absent):
        return {"ConditionExpression": _TEXTS[Absent]}
    value = {"N": str(condition.value)} if isinstance(condition.value, int) else {"S": condition.value}
    return {
        "ConditionExpression": _TEXTS[type(condition)],
        "ExpressionAttributeNames": {"#c": condition.attribute},
        "ExpressionAttributeValues": {":c": value},
    }
