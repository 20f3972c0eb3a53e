"""Which fields are said not to be unique."""

import pytest

from chalicelib.records.unique import problems_of
from chalicelib.schema.collection import Collection
from chalicelib.storage.failures import IdTaken, NotUnique

FIELDS = [{"name": "title", "type": "text"}, {"name": "slug", "type": "text"}]


def things(index: str) -> Collection:
    return Collection.from_json({"name": "things", "type": "base", "fields": FIELDS, "indexes": [index]})


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("title", {"title"}),
        ("`title` COLLATE NOCASE DESC", {"title"}),
        ("TITLE", {"title"}),
        ("title, slug", {"title", "slug"}),
        ("lower(title)", set()),
    ],
)
def test_every_column_is_named(columns: str, expected: set[str]) -> None:
    collection = things(f"CREATE UNIQUE INDEX one ON things ({columns})")
    problems = problems_of(NotUnique(collection, collection.indexes[0]))
    assert set(problems) == expected


def test_an_id_is_a_value_too() -> None:
    assert set(problems_of(IdTaken(things("CREATE INDEX one ON things (slug)"), "x"))) == {"id"}
