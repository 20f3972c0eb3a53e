"""Plans in a few words."""

import pytest

from chalicelib.filters import ALWAYS, NEVER, Plan, Sort
from chalicelib.filters.access import Access, Bound, ByEdge, ById, BySlot, ByUnique, InInsertionOrder, Union
from chalicelib.filters.words import access_in_words, plan_in_words
from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.indexes import IndexColumn, parse_index
from chalicelib.schema.slots import Slot

SLOT = Slot(3, "tag", (IndexColumn("status"), IndexColumn("created")))
TAGS = FIELD_TYPES["select"].from_json({"name": "tags", "type": "select", "maxSelect": 2})
UNIQUE = parse_index("CREATE UNIQUE INDEX one ON posts (slug)")
LOW = Bound("a", inclusive=True)


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (InInsertionOrder(), "rowid"),
        (InInsertionOrder(backwards=True), "-rowid"),
        (ById(("a",)), "1 ids"),
        (ByUnique(UNIQUE, ("x",)), "unique(one)"),
        (ByEdge(TAGS, "red"), "edge(tags)"),
        (ByEdge(TAGS, "red", backwards=True), "-edge(tags)"),
        (BySlot(SLOT), "gsi3(status,created)"),
        (BySlot(SLOT, ("new",)), "gsi3(status=,created)"),
        (BySlot(SLOT, ("new",), backwards=True), "-gsi3(status=,created)"),
        (BySlot(SLOT, ("new", "2026")), "gsi3(status=,created=)"),
        (BySlot(SLOT, ("new",), low=LOW), "gsi3(status=,created~)"),
        (BySlot(SLOT, high=LOW), "gsi3(status~,created)"),
        (BySlot(SLOT, prefix="n"), "gsi3(status~,created)"),
        (Union((ById(("a", "b")), ByEdge(TAGS, "red"))), "union(2 ids, edge(tags))"),
    ],
)
def test_accesses(access: Access, words: str) -> None:
    assert access_in_words(access) == words


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(InInsertionOrder(), ALWAYS, Sort(), in_order=True), "rowid"),
        (Plan(InInsertionOrder(), NEVER, Sort(), in_order=True), "rowid filtered"),
        (Plan(InInsertionOrder(), ALWAYS, Sort(), in_order=False), "rowid sorted"),
        (Plan(InInsertionOrder(), NEVER, Sort(), in_order=False), "rowid filtered sorted"),
    ],
)
def test_plans(plan: Plan, words: str) -> None:
    assert plan_in_words(plan) == words
