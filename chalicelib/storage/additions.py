"""Adding to an item's numbers, as data: what DynamoDB does by itself, however many ask at the same time."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from chalicelib.frozen import dataclass
from chalicelib.storage.conditions import Condition, as_arguments

NAME = "#n"  # how expressions name an attribute, whatever it is called


@dataclass(frozen=True)
class Addition:
    """Numbers of an item by their attributes; the item is made when there is none.

    `more` is added to what is there, `first` is set where nothing is there yet, `anew` is set in any case.
    """

    key: tuple[str, str]
    more: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, int] = field(default_factory=dict)
    anew: Mapping[str, int] = field(default_factory=dict)
    condition: Condition | None = None


def addition_arguments(addition: Addition) -> dict[str, Any]:
    """What UpdateItem takes for it, key aside.

    >>> arguments = addition_arguments(Addition(("a", "b"), {"seen": 1}, {"ttl": 99}))
    >>> arguments["UpdateExpression"]
    'SET #n0 = if_not_exists(#n0, :n0) ADD #n1 :n1'
    >>> arguments["ExpressionAttributeNames"], arguments["ExpressionAttributeValues"][":n0"]
    ({'#n0': 'ttl', '#n1': 'seen'}, {'N': '99'})
    """
    numbers = {**addition.first, **addition.anew, **addition.more}
    place = {name: str(index) for index, name in enumerate(numbers)}
    named = {name: NAME + place[name] for name in numbers}
    sets = [f"{named[name]} = if_not_exists({named[name]}, :n{place[name]})" for name in addition.first]
    sets += [f"{named[name]} = :n{place[name]}" for name in addition.anew]
    adds = [f"{named[name]} :n{place[name]}" for name in addition.more]
    parts = [f"{word} {', '.join(each)}" for word, each in (("SET", sets), ("ADD", adds)) if each]
    held = as_arguments(addition.condition)
    names = {named[name]: name for name in numbers} | held.pop("ExpressionAttributeNames", {})
    values = {f":n{place[name]}": {"N": str(number)} for name, number in numbers.items()}
    values |= held.pop("ExpressionAttributeValues", {})
    return {
        "UpdateExpression": " ".join(parts),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        **held,
    }
