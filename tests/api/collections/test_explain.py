"""GET /api/collections/{collection}/explain."""

from urllib.parse import urlencode

import pytest

from tests.api.collections.conftest import Call

READY = "stop when the page is full: they come in the order that is asked for."


def explain(call: Call, **query: str) -> tuple[int, dict[str, object]]:
    return call("GET", f"/api/collections/posts/explain?{urlencode(query)}")


def test_a_filter_with_an_index(call: Call, posts: dict[str, object]) -> None:
    status, shown = explain(call, filter="title = 'a'", sort="-@rowid")
    assert status == 200
    assert shown == {
        "plan": "Read what is in the index by_title where title is known, backwards; "
        f"test the filter on each record; {READY}",
        "access": {
            "kind": "slot",
            "index": "by_title",
            "slot": 2,
            "columns": ["title"],
            "equal": {"title": "a"},
            "range": None,
            "backwards": True,
        },
        "inOrder": True,
        "otherwise": None,
        "suggestion": "",
    }


def test_a_range_beside_the_order_that_is_asked_for(call: Call, posts: dict[str, object]) -> None:
    status, shown = explain(call, filter="title > 'a'", sort="-@rowid")
    assert (status, shown["inOrder"], shown["access"]["kind"]) == (200, False, "slot")
    assert shown["otherwise"] == {"kind": "insertionOrder", "backwards": True}
    assert "sort all that match. If those are many: Read all records, the newest first" in shown["plan"]


def test_a_sort_without_an_index(call: Call, posts: dict[str, object]) -> None:
    status, shown = explain(call, sort="-id")
    assert (status, shown["inOrder"], shown["access"]) == (
        200,
        False,
        {"kind": "insertionOrder", "backwards": False},
    )
    assert shown["suggestion"] == "CREATE INDEX `idx_posts_id` ON `posts` (`id`)"


@pytest.mark.parametrize(
    "query", [{"filter": "title = "}, {"filter": "nope = 1"}, {"sort": "nope"}, {"page": "x"}], ids=str
)
def test_nonsense_is_refused_as_in_a_list(
    call: Call, posts: dict[str, object], query: dict[str, str]
) -> None:
    status, shown = explain(call, **query)
    assert (status, shown["message"]) == (400, "Something went wrong while processing your request.")


def test_no_such_collection(call: Call) -> None:
    status, shown = call("GET", "/api/collections/nope/explain")
    assert (status, shown["message"]) == (404, "Missing collection context.")
