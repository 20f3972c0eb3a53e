"""Checks of a whole record that need nothing but its values."""

from typing import Any

import pytest

from chalicelib.records.check import check_values
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.fields.number import NumberField
from chalicelib.schema.fields.text import TextField
from chalicelib.schema.record import Record

FIELDS = (
    TextField(name="id", primary_key=True, required=True, pattern="^[a-z0-9]+$"),
    TextField(name="title", required=True, max=5),
    NumberField(name="count", max=10),
    FileField(name="cover"),
)
THINGS = Collection(id="c", name="things", fields=FIELDS)
FINE = {"id": "one", "title": "t", "count": 1, "cover": ""}
BEFORE = Record(THINGS, {**FINE, "cover": "old.png"})


@pytest.mark.parametrize(
    ("changes", "before", "expected"),
    [
        ({}, None, {}),
        ({"title": ""}, None, {"title": "validation_required"}),
        (
            {"title": "too long", "count": 11},
            None,
            {"title": "validation_max_text_constraint", "count": "validation_max_number_constraint"},
        ),
        ({"cover": "new.png"}, None, {"cover": "validation_invalid_file"}),
        ({"cover": "new.png"}, BEFORE, {"cover": "validation_invalid_file"}),
        ({"cover": "old.png"}, BEFORE, {}),
        ({"id": "two"}, BEFORE, {"id": "validation_pk_change"}),
        ({"id": ""}, BEFORE, {"id": "validation_pk_change"}),
        ({"id": "A"}, None, {"id": "validation_invalid_format"}),
    ],
)
def test_check_values(changes: Any, before: Record | None, expected: dict[str, str]) -> None:
    found = check_values(THINGS, {**FINE, **changes}, before)
    assert {name: problem.code for name, problem in found.items()} == expected  # type: ignore[union-attr]


def test_values_that_did_not_change_are_checked_too() -> None:
    stale = {**FINE, "count": 99}
    assert list(check_values(THINGS, stale, Record(THINGS, stale))) == ["count"]
