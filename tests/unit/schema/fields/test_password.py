"""password fields: the contract, and what the real server answers."""

from typing import Any

from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.fields.password import PlainPassword
from tests.unit.schema.fields.contract import FieldContract, answer, cases_of, same


class TestPassword(FieldContract):
    type = "password"


@cases_of("password")
def test_answers_as_pocketbase_does(options: Any, submitted: Any, expected: Any) -> None:
    field = FIELD_TYPES["password"].from_json({"name": "x", **options})
    assert same(answer(field, submitted), expected)


def test_a_stored_hash_passes_whatever_the_options() -> None:
    field = FIELD_TYPES["password"].from_json({"min": 70, "pattern": "^a$", "required": True})
    assert field.check("$2a$10$hash") is None
    assert field.check(PlainPassword("short")) is not None


def test_plain_text_does_not_show_itself() -> None:
    assert repr({"password": PlainPassword("secret")}) == "{'password': PlainPassword('***')}"
