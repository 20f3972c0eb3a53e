"""Conditions on other collections that narrow the search here: what is looked up there, how much at most."""

from collections.abc import Mapping

import pytest

from chalicelib.filters.ways import MAX_PARTS
from chalicelib.paging import PageRequest
from chalicelib.records.explain import explain_list
from chalicelib.records.query import list_records
from chalicelib.storage.engine import Engine
from tests.services.records.world import OPEN, add, ask, build, number, relation, several, text, unique

pytestmark = pytest.mark.usefixtures("warm")

PEOPLE = "people_id"
MINE = "@collection.members.user ?= 'me' && @collection.members.team ?= team"


@pytest.fixture
def office(blog: Engine) -> Engine:
    """Documents of people and of teams, of which some have no document and no team."""
    people = [text("mail"), number("level"), text("nick")]
    indexes = [unique("by_mail", "people", "mail"), "CREATE INDEX by_level ON people (level)"]
    by_team = "CREATE INDEX by_team ON {} (team)"
    build(
        {"name": "people", "fields": people, "indexes": indexes, **OPEN},
        {
            "name": "members",
            "fields": [text("user"), text("team")],
            "indexes": ["CREATE INDEX by_user ON members (user)"],
            **OPEN,
        },
        {
            "name": "docs",
            "fields": [relation("owner", PEOPLE), text("team"), text("other"), number("n")],
            "indexes": [by_team.format("docs")],
            **OPEN,
        },
    )
    owners = [add("people", mail=f"{n}@x", level=min(n, 2), nick=f"n{n}").id for n in range(MAX_PARTS + 3)]
    for user, team in (("me", "red"), ("me", "blue"), ("you", "green"), ("", "")):
        add("members", user=user, team=team)
    for n, team in enumerate(("red", "green", "", "blue", "red", "none")):
        add("docs", owner=owners[n % 3], team=team, other=team, n=n)
    add("docs", n=6)
    blog.calls.reset()
    return blog


FOUND: list[tuple[str, str, list[int], Mapping[str, int]]] = [
    # filter, kind of access, documents, calls
    ("owner.mail = '1@x'", "slot", [1, 4], {"GetItem": 2, "Query": 1, "BatchGetItem": 1}),
    ("owner.mail = '9@x'", "slot", [], {"GetItem": 2, "Query": 1}),
    ("owner.mail = 'nobody'", "id", [], {"GetItem": 1}),
    ("owner.mail = '1@x' && n > 1", "slot", [4], {"GetItem": 2, "Query": 1, "BatchGetItem": 1}),
    ("owner.level = 1", "slot", [1, 4], {"Query": 2, "BatchGetItem": 1}),
    (MINE, "union", [0, 3, 4], {"Query": 4}),
    # Nothing is to be won.
    ("owner.level = 2", "insertionOrder", [2, 5], {"Query": 2, "BatchGetItem": 1}),
    ("owner.level > 0 && owner.level < 2", "insertionOrder", [1, 4], {"Query": 1, "BatchGetItem": 1}),
    ("owner.nick = 'n1'", "insertionOrder", [1, 4], {"Query": 1, "BatchGetItem": 1}),
    ("owner.mail = ''", "insertionOrder", [6], {"Query": 1, "BatchGetItem": 1}),
    ("owner.mail != '1@x'", "insertionOrder", [0, 2, 3, 5, 6], {"Query": 1, "BatchGetItem": 1}),
    ("owner.mail = '1@x' || n = 0", "insertionOrder", [0, 1, 4], {"Query": 1, "BatchGetItem": 1}),
    (MINE.replace("team ?= team", "team ?= other"), "insertionOrder", [0, 3, 4], {"Query": 2}),
    ("team = 'red' && owner.mail = '1@x'", "slot", [4], {"Query": 1, "BatchGetItem": 1}),
]


@pytest.mark.parametrize(("text", "kind", "found", "calls"), FOUND)
def test_found(
    office: Engine, superuser, text: str, kind: str, found: list[int], calls: Mapping[str, int]
) -> None:
    root = ask(superuser.record)
    office.calls.reset()
    assert [each["n"] for each in list_records("docs", root, PageRequest(filter=text)).items] == found
    assert office.calls.by_operation == calls
    assert explain_list("docs", root, PageRequest(filter=text))["access"]["kind"] == kind


def test_a_cursor_goes_through_the_collection_itself(office: Engine) -> None:
    wanted = PageRequest(filter="owner.mail = '1@x'", per_page=1, cursor="")
    assert [each["n"] for each in list_records("docs", ask(), wanted).items] == [1]
    assert explain_list("docs", ask(), wanted)["access"]["kind"] == "insertionOrder"


@pytest.fixture
def press(blog: Engine) -> Engine:
    """Papers by and for staff of companies, and remarks on papers: s0 and s2 are of c0, s1 and s3 of c1."""
    build(
        {
            "name": "companies",
            "fields": [text("name")],
            "indexes": [unique("by_name", "companies", "name")],
            **OPEN,
        },
        {
            "name": "staff",
            "fields": [text("nick"), relation("company", "companies_id")],
            "indexes": ["CREATE INDEX by_nick ON staff (nick)"],
            **OPEN,
        },
        {
            "name": "papers",
            "fields": [relation("by", "staff_id"), several("readers", "staff_id"), number("n")],
            **OPEN,
        },
        {
            "name": "remarks",
            "fields": [relation("on", "papers_id"), several("papers", "papers_id"), text("word")],
            "indexes": ["CREATE INDEX by_word ON remarks (word)"],
            **OPEN,
        },
    )
    companies = [add("companies", name=f"c{n}").id for n in range(2)]
    staff = [add("staff", nick=f"s{n}", company=companies[n % 2]).id for n in range(4)]
    papers = [
        add("papers", by=staff[n % 4], readers=[staff[n % 4], staff[(n + 1) % 4]], n=n).id for n in range(6)
    ]
    add("papers", n=6)
    for on, others, word in ((0, [], "w1"), (3, [], "w1"), (0, [1, 2], "w2")):
        add("remarks", on=papers[on], papers=[papers[each] for each in others], word=word)
    blog.calls.reset()
    return blog


PATHS: list[tuple[str, str, list[int], Mapping[str, int]]] = [
    # The company by its name, its staff, their papers; then what is tested on what was found.
    ("by.company.name = 'c1'", "union", [1, 3, 5], {"GetItem": 2, "Query": 3, "BatchGetItem": 2}),
    ("by.company.name = 'nobody'", "id", [], {"GetItem": 1}),
    ("by.nick = 's2'", "slot", [2], {"Query": 2, "BatchGetItem": 1}),
    ("by.company.name = 'c0' && by.nick = 's2'", "slot", [2], {"Query": 2, "BatchGetItem": 2}),
    ("readers.nick ?= 's2'", "edge", [1, 2, 5], {"Query": 2, "BatchGetItem": 2}),
    ("readers.nick = 's2'", "edge", [], {"Query": 2, "BatchGetItem": 2}),
    ("readers.company.name ?= 'c1' && n > 3", "union", [4, 5], {"GetItem": 2, "Query": 3, "BatchGetItem": 5}),
    ("remarks_via_on.word ?= 'w1'", "id", [0, 3], {"Query": 3, "BatchGetItem": 1}),
    ("remarks_via_papers.word ?= 'w2'", "id", [1, 2], {"Query": 3, "BatchGetItem": 3}),
    ("remarks_via_papers.word ?= 'none'", "id", [], {"Query": 1}),
    (
        "@collection.staff.company.name ?= 'c1' && @collection.staff.id ?= by",
        "union",
        [1, 3, 5],
        {"GetItem": 2, "Query": 4, "BatchGetItem": 4},
    ),
]


@pytest.mark.parametrize(("text", "kind", "found", "calls"), PATHS)
def test_along_a_path(
    press: Engine, superuser, text: str, kind: str, found: list[int], calls: Mapping[str, int]
) -> None:
    root = ask(superuser.record)
    press.calls.reset()
    assert [each["n"] for each in list_records("papers", root, PageRequest(filter=text)).items] == found
    assert press.calls.by_operation == calls
    assert explain_list("papers", root, PageRequest(filter=text))["access"]["kind"] == kind
