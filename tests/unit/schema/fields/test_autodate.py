"""autodate fields: the contract, and what the real server answers."""

from typing import Any

from chalicelib.schema.fields import FIELD_TYPES
from tests.unit.schema.fields.contract import FieldContract, answer, cases_of, same


class TestAutodate(FieldContract):
    type = "autodate"
    options = {"onCreate": True}


@cases_of("autodate")
def test_answers_as_pocketbase_does(options: Any, submitted: Any, expected: Any) -> None:
    field = FIELD_TYPES["autodate"].from_json({"name": "x", **options})
    assert same(answer(field, submitted), expected)
