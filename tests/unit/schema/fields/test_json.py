"""json fields: the contract, and what the real server answers."""

from typing import Any

import pytest

from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.fields.json import MAX_DEPTH
from tests.unit.schema.fields.contract import FieldContract, answer, cases_of, same


class TestJson(FieldContract):
    type = "json"


@cases_of("json")
def test_answers_as_pocketbase_does(options: Any, submitted: Any, expected: Any) -> None:
    field = FIELD_TYPES["json"].from_json({"name": "x", **options})
    assert same(answer(field, submitted), expected)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("submitted", "fine"),
    [
        (nested(MAX_DEPTH), True),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, True),
        (nested(MAX_DEPTH + 1), False),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), False),
        ("[" * 100_000 + "]" * 100_000, False),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, False),
        ("1" * 10_000, False),
    ],
)
def test_what_is_too_deep_or_too_long_is_refused(submitted: Any, fine: bool) -> None:
    found = answer(FIELD_TYPES["json"](), submitted)
    assert ("value" in found) is fine
    assert fine or found["problem"]["code"] == "validation_invalid_json"


def test_text_is_decoded_when_submitted_and_not_again() -> None:
    field = FIELD_TYPES["json"]()
    assert field.accept('"5"') == "5"
    assert field.normalize("5") == "5"
