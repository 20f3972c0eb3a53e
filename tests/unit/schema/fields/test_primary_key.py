"""Ids of records: what the real server answers."""

from typing import Any

from chalicelib.schema.fields.text import TextField
from tests.unit.schema.fields.contract import answer, cases_of, same


@cases_of("primary_key")
def test_answers_as_pocketbase_does(options: Any, submitted: Any, expected: Any) -> None:
    field = TextField.from_json({"name": "id", **options})
    assert same(answer(field, submitted), expected)


def test_an_id_cannot_change() -> None:
    field = TextField(name="id", primary_key=True, required=True)
    assert field.check_change("one", "one") is None
    for value in ("two", ""):
        problem = field.check_change("one", value)
        assert problem and problem.code == "validation_pk_change"


def test_another_text_can_change() -> None:
    assert TextField(name="title").check_change("one", "two") is None


def test_a_primary_key_must_be_named_id_required_and_have_a_pattern() -> None:
    found = TextField(name="key", primary_key=True).check_options()
    assert {key: problem.code for key, problem in found.items()} == {  # type: ignore[union-attr]
        "name": "validation_in_invalid",
        "required": "validation_required",
        "pattern": "validation_required",
    }
