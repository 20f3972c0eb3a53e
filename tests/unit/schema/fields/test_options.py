"""Options of all types: what the real server saves, refuses, or finds wrong."""

import re
from typing import Any

import pytest

from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.shapes import WrongShape
from tests.unit.schema.fields.contract import load_cases, same

CASES = load_cases("fields/options.json")


def answer(definition: Any) -> dict[str, Any]:
    try:
        field = FIELD_TYPES[definition["type"]].from_json({"name": "x", **definition})
    except WrongShape:
        return {"refused": "Failed to load the submitted data due to invalid formatting."}
    found = problems_to_json(field.check_options())
    if found:
        return {"problems": found}
    return {"saved": {key: value for key, value in field.to_json().items() if key != "id"}}


@pytest.mark.parametrize("case", CASES, ids=[str(case["definition"])[:60] for case in CASES])
def test_answers_as_pocketbase_does(case: Any) -> None:
    expected = {key: value for key, value in case.items() if key != "definition"}
    # Whether the collection exists is asked elsewhere.
    assert same(answer(case["definition"]), expected)


def test_every_type_has_cases() -> None:
    assert {case["definition"]["type"] for case in CASES} == set(FIELD_TYPES)


def test_keys_are_those_of_pocketbase_in_its_order() -> None:
    for case in CASES:
        if "saved" in case:
            field = FIELD_TYPES[case["definition"]["type"]].from_json(case["definition"])
            assert [key for key in field.to_json() if key != "id"] == list(case["saved"])


def test_every_type_is_registered_under_its_own_name() -> None:
    assert {name: kind.type for name, kind in FIELD_TYPES.items()} == {name: name for name in FIELD_TYPES}
    assert len(FIELD_TYPES) == 14
    assert all(re.fullmatch("[a-zA-Z]+", name) for name in FIELD_TYPES)
