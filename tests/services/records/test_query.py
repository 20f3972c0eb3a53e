"""Lists and views: who sees what, pages, totals, budgets."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.collections.update import update_collection
from chalicelib.config import get_config
from chalicelib.errors import ApiError, BadRequest, Forbidden, NotFound
from chalicelib.filters import trials
from chalicelib.observability.request_log import gathered_facts, start_facts
from chalicelib.paging import PageRequest
from chalicelib.records import query, related
from chalicelib.records.query import list_records, view_record
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, ask, change_collection

A, B = "a" * 15, "b" * 15


@pytest.fixture
def five(blog: Engine) -> list[Record]:
    """Five posts, by two authors in turn."""
    authors = [add("authors", id=A, name="ann"), add("authors", id=B, name="bob")]
    return [add("posts", title=f"p{n}", author=authors[n % 2].id, count=(n * 3) % 5) for n in range(5)]


def titles(by: Record | None = None, **wanted: Any) -> list[str]:
    return [item["title"] for item in list_records("posts", ask(by), PageRequest(**wanted)).items]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "01234"),
        ({"sort": "-title"}, "43210"),
        ({"sort": "@rowid"}, "01234"),
        ({"sort": "-@rowid"}, "43210"),
        ({"sort": "count"}, "02413"),
        ({"sort": "author.name,-title"}, "42031"),
        ({"filter": "author.name = 'bob'"}, "13"),
        ({"filter": "count > 1 && author = 'aaaaaaaaaaaaaaa'", "sort": "-count"}, "4"),
        ({"filter": "title = 'nothing'"}, ""),
        ({"per_page": 2}, "01"),
        ({"per_page": 2, "page": 3}, "4"),
        ({"per_page": 2, "page": 4}, ""),
        ({"per_page": 2, "page": 2, "sort": "-title"}, "21"),
        ({"per_page": 1, "filter": "author.name = 'bob'", "page": 2}, "3"),
        ({"per_page": 1, "filter": "author.name = 'bob'", "page": 2, "skip_total": True}, "3"),
        ({"page": 2**63 - 1, "per_page": 1000}, ""),
    ],
)
def test_pages(five: list[Record], wanted: dict[str, Any], expected: str) -> None:
    assert titles(**wanted) == [f"p{digit}" for digit in expected]


@pytest.mark.parametrize(
    ("wanted", "totals"),
    [
        ({}, (5, 1)),
        ({"per_page": 2}, (5, 3)),
        ({"per_page": 5}, (5, 1)),
        ({"per_page": 2, "page": 9}, (5, 3)),
        ({"per_page": 2, "sort": "-title"}, (5, 3)),
        ({"per_page": 2, "filter": "author.name='bob'"}, (2, 1)),
        ({"per_page": 1, "filter": "author.name='bob'", "sort": "title"}, (2, 2)),
        ({"filter": "title='x'"}, (0, 0)),
        ({"skip_total": True}, (-1, -1)),
        ({"skip_total": True, "sort": "title"}, (-1, -1)),
    ],
)
def test_totals(five: list[Record], wanted: dict[str, Any], totals: tuple[int, int]) -> None:
    page = list_records("posts", ask(), PageRequest(**wanted))
    assert (page.total_items, page.total_pages) == totals


@pytest.mark.parametrize(
    ("rule", "guest", "ann"),
    [
        ("", "01234", "01234"),
        ("@request.auth.id != ''", "", "01234"),
        ("count = 0", "0", "0"),
        ("author.name = @request.auth.name", "", "024"),
        ("@request.query.word = 'open'", "01234", "01234"),
        ("author.name = 'bob' && @request.context = 'default'", "13", "13"),
    ],
)
def test_the_list_rule_filters(
    five: list[Record], superuser: tuple[Record, str], rule: str, guest: str, ann: str
) -> None:
    change_collection("posts", listRule=rule)
    people = {"guest": None, "ann": add_user("ann"), "root": superuser[0]}
    found = {
        name: "".join(
            item["title"][1] for item in list_records("posts", ask(by, word="open"), PageRequest()).items
        )
        for name, by in people.items()
    }
    assert found == {"guest": guest, "ann": ann, "root": "01234"}


def test_rule_and_filter_both_count(five: list[Record]) -> None:
    change_collection("posts", listRule="author.name = 'ann'")
    assert titles(filter="count > 0 || title = 'p1'") == ["p2", "p4"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"filter": "((("}, BadRequest),
        ({"filter": "nofield = 1"}, BadRequest),
        ({"sort": "nofield"}, BadRequest),
        ({"sort": "title," * 8 + "title"}, BadRequest),
        ({"filter": "title = '" + "x" * 3500 + "'"}, BadRequest),
        ({"filter": "@request.auth.id = ''"}, Forbidden),
        ({"sort": "@request.auth.id"}, Forbidden),
        ({"filter": "@collection.tags.name = 'x'"}, Forbidden),
        ({"filter": "author.secret = 's'"}, BadRequest),
        ({"sort": "author.secret"}, BadRequest),
    ],
)
def test_what_clients_may_not_ask(five: list[Record], wanted: dict[str, Any], error: type[ApiError]) -> None:
    with pytest.raises(error) as refused:
        titles(**wanted)
    assert refused.value.data == {}


def test_superusers_may_ask_more(five: list[Record], superuser: tuple[Record, str]) -> None:
    assert titles(superuser[0], filter="author.secret = '' && @request.auth.id != ''", per_page=1) == ["p0"]


def test_a_list_rule_that_has_become_invalid_is_an_error(five: list[Record]) -> None:
    change_collection("posts", listRule="nofield = 1")
    with pytest.raises(BadRequest):
        titles()


@pytest.fixture
def budget_of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=4))


@pytest.mark.usefixtures("budget_of_four")
@pytest.mark.parametrize(
    "wanted",
    [
        {"sort": "title"},
        {"filter": "title = 'p4'"},
        {"per_page": 5},
        {"per_page": 2, "page": 3, "skip_total": True},
        {"filter": "author.name = 'bob'", "skip_total": True},
    ],
)
def test_beyond_the_budget_is_a_clear_refusal(five: list[Record], wanted: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="would examine more than 4 records") as refused:
        titles(**wanted)
    assert refused.value.data == {}


BY_COUNT = "Add: CREATE INDEX `idx_posts_count` ON `posts` (`count`);"


@pytest.mark.usefixtures("budget_of_four")
@pytest.mark.parametrize(
    ("wanted", "rule", "told"),
    [
        ({"sort": "-count"}, "", f"What needs an index is the sort '-count'. {BY_COUNT}"),
        ({"filter": "count = 9"}, "", f"What needs an index is the filter 'count = 9'. {BY_COUNT}"),
        (
            {"filter": "count > 0", "sort": "title"},
            "",
            f"What needs an index is the filter 'count > 0' with the sort 'title'. {BY_COUNT}",
        ),
        ({"filter": "data = 9"}, "", "Narrow it: filter by id"),
        # What the list rule asks is not for everybody to know.
        ({"skip_total": True}, "count = 9", "Narrow it: filter by id"),
        ({"filter": "title = 'x'"}, "count = 9", "ON `posts` (`title`);"),
    ],
)
def test_the_refusal_names_the_index_that_would_help(
    five: list[Record], wanted: dict[str, Any], rule: str, told: str
) -> None:
    change_collection("posts", listRule=rule)
    with pytest.raises(BadRequest) as refused:
        titles(**wanted)
    assert told in refused.value.message


@pytest.mark.usefixtures("budget_of_four")
def test_a_long_filter_is_not_repeated_whole(five: list[Record]) -> None:
    text = " && ".join(["count = 9"] * 100)
    with pytest.raises(BadRequest) as refused:
        titles(filter=text)
    assert text[:200] + "..." in refused.value.message
    assert text[:210] not in refused.value.message


@pytest.mark.usefixtures("budget_of_four")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"per_page": 2}, ["p0", "p1"]),
        ({"per_page": 2, "page": 2}, ["p2", "p3"]),
        ({"per_page": 1, "sort": "-@rowid"}, ["p4"]),
    ],
)
def test_a_page_within_the_budget_is_shown_without_totals_when_counting_is_not(
    five: list[Record], wanted: dict[str, Any], expected: list[str]
) -> None:
    page = list_records("posts", ask(), PageRequest(**wanted))
    assert [item["title"] for item in page.items] == expected
    assert (page.total_items, page.total_pages) == (-1, -1)


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        # Few are sorted, many are read in their order until the page is full.
        ({"filter": "count > 3", "sort": "@rowid"}, "sorted"),
        ({"filter": "count > 0", "skip_total": True, "per_page": 1}, "(count~) filtered"),
        ({"filter": "count > 0", "sort": "@rowid", "skip_total": True, "per_page": 1}, "rowid"),
        ({"filter": "count > 0", "sort": "-title", "skip_total": True, "per_page": 1}, "-gsi"),
        ({"filter": "count > 0", "sort": "@rowid", "per_page": 1}, "sorted"),
        ({"filter": "count > 0", "sort": "@rowid", "per_page": 1, "cursor": ""}, "rowid"),
        ({"filter": "count > 0", "per_page": 1, "sort": "-title", "cursor": ""}, "-gsi"),
    ],
)
def test_a_large_range_is_not_sorted(
    five: list[Record], monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any], plan: str
) -> None:
    indexes = ["CREATE INDEX by_count ON posts (count)", "CREATE INDEX by_title ON posts (title)"]
    update_collection("posts", {"indexes": indexes})
    monkeypatch.setattr(query, "FIRST_PORTION", 2)
    expected = titles(filter="count > 0", sort=wanted.get("sort", "count"))
    start_facts()
    found = titles(**wanted)
    said = gathered_facts()["plan"]
    assert plan in said
    assert found == (expected[:1] if "per_page" in wanted else ["p3"])


@pytest.mark.usefixtures("budget_of_four")
def test_a_look_up_needs_no_budget_to_speak_of(five: list[Record]) -> None:
    assert titles(filter=f"id = '{five[4].id}'") == ["p4"]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("", True),
        ("count = 0", True),
        ("count = 1", False),
        ("author.name = 'ann'", True),
        ("nofield = 1", False),
    ],
)
def test_view(five: list[Record], rule: str, found: bool) -> None:
    change_collection("posts", viewRule=rule)
    if found:
        assert view_record("posts", five[0].id, ask())["title"] == "p0"
        return
    with pytest.raises(NotFound):
        view_record("posts", five[0].id, ask())


@pytest.mark.parametrize(
    "record_id", ["", "x", "A" * 15, "#", "x" * 5000, "\ud800", "\x00", "é" * 15, "R#../"]
)
def test_no_id_whatever_is_an_error(five: list[Record], record_id: str) -> None:
    with pytest.raises(NotFound):
        view_record("posts", record_id, ask())


def test_comparing_each_with_each_is_refused(five: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "MAX_TRIALS", 10)
    change_collection("posts", listRule="@collection.posts.title ?> title")
    with pytest.raises(BadRequest, match="takes too many comparisons"):
        list_records("posts", ask(), PageRequest())
