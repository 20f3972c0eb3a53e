"""Definitions out of a data directory: what of them is carried, and what is told."""

from typing import Any

import pytest

from chalicelib.pocketbase.definitions import carry
from chalicelib.schema.system import default_collections

SYSTEM = [each.to_stored() for each in default_collections()]


def base(name: str, **options: Any) -> dict[str, Any]:
    return {"id": f"{name}_id", "name": name, "type": "base", "fields": [], "indexes": [], **options}


def test_pocketbases_own_are_carried_as_they_are() -> None:
    made, told = carry(SYSTEM)
    assert told == []
    assert [each.to_json() for each in made] == [each.to_json() for each in default_collections()]
    assert [each.auth and each.auth.auth_token.secret for each in made] == [
        each.get("authToken", {}).get("secret") for each in SYSTEM
    ]


def test_order_ids_and_dates_stay() -> None:
    listed = [
        base(name, created="2024-01-01 00:00:00.000Z", updated="2025-01-01 00:00:00.000Z") for name in "zab"
    ]
    made, told = carry([*SYSTEM, *listed])
    assert not told
    assert [(each.id, each.created, each.updated) for each in made][-3:] == [
        (f"{name}_id", "2024-01-01 00:00:00.000Z", "2025-01-01 00:00:00.000Z") for name in "zab"
    ]
    assert [each.space for each in made] == sorted(each.space for each in made)


def test_a_name_that_is_the_id_and_a_relation_to_itself_are_carried() -> None:
    itself = {"type": "relation", "name": "parent", "collectionId": "tree"}
    made, told = carry([*SYSTEM, {**base("tree"), "id": "tree", "fields": [itself]}])
    assert not told
    assert made[-1].id == made[-1].name == "tree"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (base("v", type="view"), "v: a view collection is not carried."),
        (base("w", fields=3), "w: the collection and its records are not carried"),
        (base("x_via_y"), "x_via_y: the collection and its records are not carried"),
        (base("r", listRule="a = 1"), "r: listRule is now for superusers only"),
        (base("i", indexes=["CREATE INDEX ix ON i (lower(id))"]), "i: an index is not carried"),
        (base("s", indexes=["nonsense"]), "s: an index is not carried: nonsense"),
    ],
)
def test_what_cannot_be_carried_is_told(definition: dict[str, Any], expected: str) -> None:
    made, told = carry([*SYSTEM, definition])
    (line,) = told
    assert line.startswith(expected)
    left = [each for each in made if each.name == definition["name"]]
    assert all(each.list_rule is None and not each.indexes for each in left)
    assert bool(left) == ("collection" not in expected)
