"""file fields: the contract, and what the real server answers."""

from typing import Any

from chalicelib.schema.fields import FIELD_TYPES
from tests.unit.schema.fields.contract import FieldContract, answer, cases_of, same


class TestFile(FieldContract):
    type = "file"
    options = {"maxSelect": 2}


@cases_of("file")
def test_answers_as_pocketbase_does(options: Any, submitted: Any, expected: Any) -> None:
    field = FIELD_TYPES["file"].from_json({"name": "x", **options})
    assert same(answer(field, submitted), expected)
