"""A list that is refused for reading too much says which index it lacks; with that index it is answered."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.collections.update import update_collection
from chalicelib.config import get_config
from chalicelib.errors import BadRequest
from chalicelib.paging import PageRequest
from chalicelib.records import related
from chalicelib.records.explain import explain_list
from chalicelib.records.query import list_records
from chalicelib.request import RequestInfo
from chalicelib.schema.indexes import parse_index
from chalicelib.storage.engine import Engine
from tests.services.records.world import OPEN, add, ask, build, collection, number, relation, text

BUDGET = 8
RECORDS = 16
# After so many pieces of advice a list has to be answered.
PATIENCE = 2


@pytest.fixture
def shop(blog: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Orders without an index, more than the budget; of no kind and no customer there are many."""
    customers = {"name": "customers", "fields": [text("mail"), relation("city", "cities_id")], **OPEN}
    build(
        {"name": "cities", "fields": [text("name")], **OPEN},
        customers,
        {
            "name": "orders",
            "fields": [
                number("n"),
                text("kind"),
                text("mail"),
                relation("by", "customers_id"),
            ],
            **OPEN,
        },
    )
    cities = [add("cities", name=f"c{at}").id for at in range(RECORDS // 2)]
    people = [add("customers", mail=f"m{at}", city=cities[at // 2]).id for at in range(RECORDS)]
    for at in range(RECORDS):
        add("orders", n=at, kind=f"k{at % 6}", mail=f"m{at}", by=people[at])
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=BUDGET))
    return blog


ASKED = [
    {"filter": "n = 15"},
    {"filter": "kind = 'k5'"},
    {"filter": "kind = 'k5'", "sort": "-n"},
    {"filter": "kind = 'k5' && n > 7", "sort": "n"},
    {"filter": "kind = 'k5' && n > 7", "sort": "mail"},
    {"filter": "n > 11"},
    {"filter": "n > 9 && n <= 13", "sort": "-mail"},
    {"filter": "n >= 0", "sort": "mail", "skip_total": True, "per_page": 1},
    {"filter": "mail ~ 'm1%'", "sort": "-mail"},
    {"filter": "kind = 'k5' || n > 13"},
    {"filter": "(kind = 'k5' || n = 3) && mail != ''"},
    {"sort": "-n", "per_page": 5},
    {"sort": "kind,n", "per_page": 3, "page": 2},
    {"sort": "-kind,-@rowid", "per_page": 5},
    {"sort": "-mail", "per_page": 5, "cursor": ""},
    {"filter": "by.mail = 'm15'"},
    {"filter": "by.city.name = 'c7'"},
    {"filter": "@collection.customers.mail ?= 'm7' && @collection.customers.mail ?= mail"},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_following_the_advice_helps(shop: Engine, superuser, asked: dict[str, object]) -> None:
    root, wanted = ask(superuser.record), PageRequest(**asked)
    refusals = list(refused(root, wanted))
    assert 0 < len(refusals) <= PATIENCE
    page = list_records("orders", root, wanted)
    assert page.items
    further = explain_list("orders", root, wanted)["suggestion"]
    assert not further or not any(further in each for each in refusals)


def refused(root: RequestInfo, wanted: PageRequest) -> Iterator[str]:
    """What is said until the list is answered; each time the advice is taken."""
    for _ in range(PATIENCE):
        try:
            list_records("orders", root, wanted)
            return
        except BadRequest as error:
            assert f"more than {BUDGET} records" in error.message or "by cursor" in error.message
            statements = re.findall(r"CREATE INDEX [^;]+", error.message)
            statements = statements or [explain_list("orders", root, wanted)["suggestion"]]
            assert all(statements), error.message
            yield error.message
        for statement in statements:
            declare(statement)


def declare(statement: str) -> None:
    """Add an index to its collection, as a superuser would."""
    name = parse_index(statement).table
    declared = [index.text for index in collection(name).indexes]
    update_collection(name, {"indexes": [*declared, statement]})
