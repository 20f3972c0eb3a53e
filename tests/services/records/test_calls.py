"""How many calls each endpoint makes to DynamoDB: the fewest that correctness allows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.paging import PageRequest
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.query import list_records, view_record
from chalicelib.records.update import update_record
from chalicelib.storage.engine import Engine
from tests.services.records.world import PASSWORD, add, add_user, ask, build, change_collection

pytestmark = pytest.mark.usefixtures("warm")

A, B, C = "aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb", "ccccccccccccccc"


@dataclass(frozen=True)
class Counted:
    """A request, and the calls that it makes."""

    name: str
    run: Callable[[], Any]
    calls: Mapping[str, int]

    def __str__(self) -> str:
        return self.name


def page(**wanted: Any) -> PageRequest:
    return PageRequest(**wanted)


CASES = [
    Counted("view", lambda: view_record("posts", A, ask()), {"GetItem": 1}),
    Counted(
        "view, expanded",
        lambda: view_record("posts", A, ask(expand="author,tags")),
        {"GetItem": 1, "BatchGetItem": 1},
    ),
    Counted(
        "view, back-relation",
        lambda: view_record("posts", A, ask(expand="comments_via_post")),
        {"GetItem": 1, "Query": 1},
    ),
    Counted("list, all on one page", lambda: list_records("posts", ask(), page()), {"Query": 1}),
    Counted(
        "list, a full page without totals",
        lambda: list_records("posts", ask(), page(per_page=1, skip_total=True)),
        {"Query": 1},
    ),
    Counted("list, sorted", lambda: list_records("posts", ask(), page(sort="-title")), {"Query": 1}),
    Counted(
        "list, filtered by id",
        lambda: list_records("posts", ask(), page(filter=f"id='{A}'")),
        {"BatchGetItem": 1},
    ),
    Counted(
        "list, filtered over a relation",
        lambda: list_records("posts", ask(), page(filter="author.name='ann'")),
        {"Query": 1, "BatchGetItem": 1},
    ),
    Counted(
        "list, expanded",
        lambda: list_records("posts", ask(expand="author,tags,comments_via_post.by"), page()),
        {"Query": 3, "BatchGetItem": 1},
    ),
    Counted(
        "list, by a relation",
        lambda: list_records("posts", ask(), page(filter=f"author='{A}'")),
        {"Query": 1},
    ),
    Counted(
        "list, by a relation's slot, backwards, a full page",
        lambda: list_records(
            "posts", ask(), page(filter=f"author='{A}'", sort="-@rowid", per_page=1, skip_total=True)
        ),
        {"Query": 1},
    ),
    Counted(
        "list, sorted by a relation", lambda: list_records("posts", ask(), page(sort="-author")), {"Query": 1}
    ),
    Counted(
        "list, by one of several relations",
        lambda: list_records("posts", ask(), page(filter=f"tags.id?='{A}'")),
        {"Query": 1, "BatchGetItem": 2},
    ),
    Counted(
        "list, by either of two",
        lambda: list_records("posts", ask(), page(filter=f"author='{A}' || author='{B}'")),
        {"Query": 2},
    ),
    Counted("create", lambda: create_record("authors", ask(body={"name": "x"})), {"PutItem": 1}),
    Counted(
        "create, unique", lambda: create_record("tags", ask(body={"name": "x"})), {"TransactWriteItems": 1}
    ),
    Counted(
        "create, two relations",
        lambda: create_record("posts", ask(body={"title": "x", "author": A, "tags": [A]})),
        {"BatchGetItem": 1, "TransactWriteItems": 1},
    ),
    Counted(
        "create, one relation",
        lambda: create_record("posts", ask(body={"title": "x", "author": A})),
        {"BatchGetItem": 1, "PutItem": 1},
    ),
    Counted(
        "update", lambda: update_record("posts", A, ask(body={"count+": 1})), {"GetItem": 1, "PutItem": 1}
    ),
    Counted(
        "update, a new reference",
        lambda: update_record("posts", A, ask(body={"author": B})),
        {"GetItem": 1, "BatchGetItem": 1, "PutItem": 1},
    ),
    Counted(
        "update, unique kept",
        lambda: update_record("tags", A, ask(body={"name": "t"})),
        {"GetItem": 1, "PutItem": 1},
    ),
    Counted(
        "update, unique changed",
        lambda: update_record("tags", A, ask(body={"name": "x"})),
        {"GetItem": 1, "TransactWriteItems": 1},
    ),
    Counted(
        "delete, nothing refers to it",
        lambda: delete_record("reviews", A, ask()),
        {"GetItem": 1, "DeleteItem": 1},
    ),
    Counted(
        "delete, six fields might refer to it, one of them unique",
        lambda: delete_record("authors", C, ask()),
        {"GetItem": 2, "Query": 5, "DeleteItem": 1},
    ),
    Counted(
        "delete, a multi-valued field might refer to it",
        lambda: delete_record("tags", B, ask()),
        {"GetItem": 1, "Query": 1, "TransactWriteItems": 1},
    ),
    Counted(
        "delete, with what refers to it",
        lambda: delete_record("posts", A, ask()),
        {"GetItem": 1, "Query": 1, "TransactWriteItems": 1},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_calls(case: Counted, blog: Engine) -> None:
    add("authors", id=A, name="ann")
    add("authors", id=B, name="bob")
    add("authors", id=C, name="cid")
    add("tags", id=A, name="t")
    add("tags", id=B, name="u")
    add("posts", id=A, title="a", author=A, tags=[A])
    add("posts", id=B, title="b", author=B)
    add("comments", id=A, post=A, by=B)
    add("reviews", id=A, author=B)
    blog.calls.reset()
    case.run()
    assert blog.calls.by_operation == case.calls


def test_a_page_by_index_is_read_once_however_much_there_is(blog: Engine) -> None:
    fields = [{"name": "at", "type": "date"}, {"name": "kind", "type": "text"}]
    build(
        {
            "name": "events",
            "fields": fields,
            "indexes": ["CREATE INDEX i ON events (kind, at)"],
            "listRule": "",
        }
    )
    for day in range(10, 29):
        add("events", kind="ab"[day % 2], at=f"2024-01-{day} 00:00:00.000Z")
    blog.calls.reset()
    wanted = PageRequest(per_page=3, skip_total=True, sort="-at", filter="kind = 'a' && at < '2024-01-20'")
    found = list_records("events", ask(), wanted)
    assert [record["at"][8:10] for record in found.items] == ["18", "16", "14"]
    assert blog.calls.by_operation == {"Query": 1}


def test_a_rule_over_relations_costs_one_batch_for_a_whole_list(blog: Engine) -> None:
    for place in range(20):
        author = add("authors", name=f"author {place}")
        add("posts", title="x", author=author.id)
    change_collection("posts", listRule="author.name ~ 'author'")
    blog.calls.reset()
    assert list_records("posts", ask(), PageRequest()).total_items == 20
    assert blog.calls.by_operation == {"Query": 1, "BatchGetItem": 1}


def test_a_password_change_looks_for_what_it_makes_worthless(blog: Engine) -> None:
    ann = add_user("ann")
    blog.calls.reset()
    body = {"password": "12345678", "passwordConfirm": "12345678", "oldPassword": PASSWORD}
    update_record("users", ann.id, ask(ann, body))
    # The new tokenKey is unique: a transaction. Three collections may hold what hangs on the old password.
    assert blog.calls.by_operation == {"GetItem": 1, "Query": 3, "TransactWriteItems": 1}


def test_deleting_a_user_looks_for_what_hangs_on_it(blog: Engine) -> None:
    ann = add_user("ann")
    blog.calls.reset()
    delete_record("users", ann.id, ask(ann))
    assert blog.calls.by_operation == {"GetItem": 1, "Query": 4, "TransactWriteItems": 1}
