"""What a deletion can lead to, told from the definitions."""

from typing import Any

import pytest

from chalicelib.records.reach import can_be_named, may_be_refused
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection

CASCADE = {"cascadeDelete": True}
REQUIRED = {"required": True}


def made(
    name: str, *relations: tuple[str, dict[str, Any]], unique: str = "", kind: str = "base"
) -> Collection:
    """A collection whose relations are named after where they lead."""
    fields = [
        {"name": target, "type": "relation", "collectionId": f"{target}_id", **options}
        for target, options in relations
    ]
    indexes = [f"CREATE UNIQUE INDEX one ON {name} ({unique})"] if unique else []
    given = {"id": f"{name}_id", "name": name, "type": kind, "fields": fields, "indexes": indexes}
    return Collection.from_json(given)


ROOT = made("root")
MANY = {"maxSelect": 9}


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], False),
        ([made("a", ("root", {}))], False),
        ([made("a", ("root", CASCADE))], False),
        ([made("a", ("root", REQUIRED))], True),
        ([made("a", ("root", {**CASCADE, **REQUIRED}))], False),
        ([made("a", ("root", CASCADE)), made("b", ("a", CASCADE))], False),
        ([made("a", ("root", CASCADE)), made("b", ("a", REQUIRED))], True),
        ([made("a", ("root", {})), made("b", ("a", REQUIRED))], False),
        ([made("a", ("root", {}), unique="root")], True),
        ([made("a", ("root", {}), unique="ROOT")], True),
        ([made("a", ("root", {}), unique="id")], False),
        ([made("a", ("root", CASCADE), unique="root")], False),
        ([made("a", ("root", {**CASCADE, **MANY}), unique="root")], True),
        ([made("a", ("root", CASCADE), ("b", CASCADE)), made("b", ("a", CASCADE))], False),
        ([made("_superusers", ("root", {}))], False),
        ([made("_superusers", ("root", CASCADE))], True),
        ([made("users", ("root", CASCADE), kind="auth"), made("_mfas")], False),
        ([made("users", ("root", {}), kind="auth"), made("_mfas")], False),
        (
            [made("users", ("root", CASCADE), kind="auth"), made("_otps"), made("b", ("_otps", REQUIRED))],
            True,
        ),
    ],
)
def test_what_may_follow(others: list[Collection], expected: bool) -> None:
    assert may_be_refused(ROOT, Catalog([ROOT, *others])) is expected


def test_a_collection_that_refers_to_itself() -> None:
    tree = made("tree", ("tree", CASCADE))
    assert not may_be_refused(tree, Catalog([tree]))
    assert can_be_named(tree, Catalog([tree]))
    assert not can_be_named(ROOT, Catalog([tree, ROOT]))
    assert can_be_named(made("users", kind="auth"), Catalog([]))
