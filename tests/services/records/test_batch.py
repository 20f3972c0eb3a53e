"""Batches: one after the other, together or not at all; what several at once and a failing database leave."""

from collections.abc import Mapping, Sequence

import pytest

from chalicelib.collections import load
from chalicelib.errors import BadRequest
from chalicelib.records.batch import run_batch
from chalicelib.records.batch_requests import Asked
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.batches import SECONDS, A, B, C, delete, patch, post, put, refusal, run, stored
from tests.services.records.world import add, add_user, ask, build, change_collection, collection, text

ROLE = [text("role")]
# What a batch comes to in writes: each record once, however often it changes.
FOLDED: list[tuple[str, Sequence[Asked], Mapping[str, int]]] = [
    ("created", [post("authors", id=A, name="a")], {A: 1}),
    ("created and changed", [post("authors", id=A, name="a"), patch("authors", A, name="b")], {A: 1}),
    ("changed twice", [patch("authors", C, name="a"), patch("authors", C, name="b")], {C: 2}),
    ("came and went", [post("authors", id=A, name="a"), delete("authors", A)], {}),
    ("changed and gone", [patch("authors", C, name="a"), delete("authors", C)], {}),
    ("gone and made again", [delete("authors", C), post("authors", id=C, name="b")], {C: 2}),
    (
        "came, went and came",
        [post("authors", id=A, name="a"), delete("authors", A), put("authors", id=A, name="b")],
        {A: 1},
    ),
]


@pytest.mark.parametrize(("several", "left"), [row[1:] for row in FOLDED], ids=[row[0] for row in FOLDED])
def test_each_record_is_written_once(blog: Engine, several: Sequence[Asked], left: Mapping[str, int]) -> None:
    add("authors", id=C, name="c")
    assert [each["status"] for each in run(*several)] == [
        204 if each.method == "DELETE" else 200 for each in several
    ]
    revs = {record_id: rev for record_id, (rev, _) in stored()["authors"].items()}
    is_about_c = C in left or several[0].url.endswith(C)
    assert revs == (left if is_about_c else {**left, C: 1})


def test_a_failing_one_leaves_nothing(blog: Engine) -> None:
    add("authors", id=C, name="c")
    add("posts", id=C, title="p", author=C)
    before = stored()
    told = refusal(
        post("authors", id=A, name="a"), patch("posts", C, author=A), delete("authors", C), post("authors")
    )
    assert told[0] == "3"
    assert told[1]["data"] == {"name": {"code": "validation_required", "message": "Cannot be blank."}}
    assert stored() == before


def test_what_refers_to_a_new_record_is_found_through_every_way(blog: Engine) -> None:
    change_collection(
        "comments",
        createRule="post.author.name = 'ann' && post.tags.name ?= 't' && @collection.tags.name ?= 't'",
        updateRule="post.comments_via_post.body ?= 'second'",
    )
    answers = run_batch(
        [
            post("authors", id=A, name="ann"),
            post("tags", id=A, name="t"),
            post("posts", id=A, title="p", author=A, tags=[A]),
            post("comments", id=A, post=A, body="first"),
            post("comments", id=B, post=A, body="second"),
            patch("comments", A, body="third"),
            Asked("PATCH", f"/api/collections/posts/records/{A}?expand=comments_via_post,tags,author"),
        ],
        ask(),
        SECONDS,
    )
    expanded = answers[-1]["body"]["expand"]
    assert [each["body"] for each in expanded["comments_via_post"]] == ["third", "second"]
    assert [expanded["tags"][0]["name"], expanded["author"]["name"]] == ["t", "ann"]


def test_a_rule_does_not_see_what_is_gone_or_has_changed(blog: Engine) -> None:
    add("tags", id=A, name="t")
    add("tags", id=B, name="u")
    change_collection("authors", createRule="@collection.tags.name ?= 't'")
    assert refusal(delete("tags", A), post("authors", name="x"))[0] == "1"
    assert refusal(patch("tags", A, name="v"), post("authors", name="x"))[0] == "1"
    assert len(run(patch("tags", A, name="v"), patch("tags", B, name="t"), post("authors", name="x"))) == 3


# What each leaves of the names "t" (of A) and "u" (of B), or which request is refused.
UNIQUE: list[tuple[str, Sequence[Asked], Mapping[str, str] | int]] = [
    ("taken", [post("tags", name="x"), post("tags", name="t")], 1),
    ("twice", [post("tags", name="x"), post("tags", name="x")], 1),
    ("an id that is taken", [post("tags", name="x"), post("tags", id=A, name="y")], 1),
    ("swapped", [patch("tags", A, name="u"), patch("tags", B, name="t")], 0),
    ("let go of again", [patch("tags", A, name="u"), patch("tags", A, name="t")], 0),
    (
        "swapped by way of a third",
        [patch("tags", A, name="x"), patch("tags", B, name="t"), patch("tags", A, name="u")],
        {A: "u", B: "t"},
    ),
    ("freed", [delete("tags", A), post("tags", id=C, name="t")], {B: "u", C: "t"}),
    ("kept", [patch("tags", A, name="t"), patch("tags", B)], {A: "t", B: "u"}),
    (
        "freed by who came and went",
        [post("tags", id=C, name="x"), delete("tags", C), patch("tags", A, name="x")],
        {A: "x", B: "u"},
    ),
]


@pytest.mark.parametrize(("several", "outcome"), [row[1:] for row in UNIQUE], ids=[row[0] for row in UNIQUE])
def test_unique_values_one_after_the_other(
    blog: Engine, several: Sequence[Asked], outcome: Mapping[str, str] | int
) -> None:
    add("tags", id=A, name="t")
    add("tags", id=B, name="u")
    if isinstance(outcome, int):
        number, response = refusal(*several)
        assert number == str(outcome)
        assert {each["code"] for each in response["data"].values()} == {"validation_not_unique"}
        return
    run(*several)
    assert {record_id: values["name"] for record_id, (_, values) in stored()["tags"].items()} == outcome
    for name in outcome.values():  # what is held is held, and nothing else is
        assert refusal(post("tags", name=name))[0] == "0"
    run(*(post("tags", name=name) for name in {"t", "u", "x"} - set(outcome.values())))


def test_of_an_id_and_a_value_the_value_is_named(blog: Engine) -> None:
    add("tags", id=A, name="t")
    assert list(refusal(post("tags", id=A, name="t"))[1]["data"]) == ["name"]


def test_more_than_a_transaction_holds_is_refused(blog: Engine) -> None:
    with pytest.raises(BadRequest, match="100 items"):
        run(*(post("authors", name="x") for _ in range(101)))
    assert stored()["authors"] == {}
    assert len(run(*(post("authors", name="x") for _ in range(100)))) == 100


def test_a_large_cascade_is_refused(blog: Engine) -> None:
    add("posts", id=A, title="p")
    for _ in range(101):
        add("comments", post=A)
    number, response = refusal(post("authors", name="x"), delete("posts", A))
    assert (number, "100 items" in response["message"]) == ("1", True)
    assert len(stored()["comments"]) == 101


def test_the_last_superuser_stays(blog: Engine, superuser: tuple[Record, str]) -> None:
    root = superuser[0]
    one = {"email": "next@example.com", "password": "12345678", "passwordConfirm": "12345678"}
    number, response = refusal(
        post("_superusers", id=A, **one), delete("_superusers", A), delete("_superusers", root.id), by=root
    )
    assert (number, response["message"]) == ("2", "You can't delete the only existing superuser.")
    run(post("_superusers", id=A, **one), delete("_superusers", root.id), by=root)
    left = RelatedRecords().everything(collection("_superusers"))
    assert [each.id for each in left] == [A]


def test_of_three_superusers_two_may_go(blog: Engine, superuser: tuple[Record, str]) -> None:
    for record_id in (A, B):
        add("_superusers", id=record_id, email=f"{record_id}@example.com")
    root = superuser[0]
    run(delete("_superusers", root.id), delete("_superusers", A), by=root)
    left = RelatedRecords().everything(collection("_superusers"))
    assert [each.id for each in left] == [B]


BOSS = "@request.auth.role = 'boss'"
# Rules that ask about the caller: what is decided earlier, and what it lets be done.
CALLERS: list[tuple[str, Mapping[str, str], Asked, bool]] = [
    ("gained", {"createRule": BOSS}, patch("users", A, role="boss"), True),
    ("dropped", {"createRule": BOSS}, patch("users", B, role="x"), False),
    ("gone", {"createRule": BOSS}, delete("users", B), False),
    ("a relation's", {"createRule": "@request.auth.leads.name = 'a'"}, patch("users", B, leads=""), False),
    ("a relation gained", {"createRule": "@request.auth.leads.name = 'a'"}, patch("users", A, leads=C), True),
    ("what is kept", {"createRule": "@request.auth.id != ''"}, delete("users", B), True),
    ("the first address", {"createRule": "@request.auth.verified = false"}, delete("users", B), True),
    (
        "by all",
        {"createRule": f"{BOSS} && @request.auth.collectionName = 'users'"},
        delete("users", B),
        False,
    ),
]


@pytest.mark.parametrize(
    ("rules", "first", "is_allowed"), [row[1:] for row in CALLERS], ids=[row[0] for row in CALLERS]
)
def test_rules_see_the_caller_as_earlier_requests_leave_it(
    blog: Engine, rules: Mapping[str, str], first: Asked, is_allowed: bool
) -> None:
    leads = {"name": "leads", "type": "relation", "collectionId": collection("authors").id}
    change_collection("users", updateRule="", deleteRule="", fields=[*ROLE, leads])
    change_collection("tags", **rules)
    add("authors", id=C, name="a")
    callers = {A: add_user("ann", id=A), B: add_user("bob", id=B, role="boss", leads=C)}
    several, caller = (first, post("tags", name="x")), callers[first.url.rpartition("/")[2]]
    if is_allowed:
        assert len(run(*several, by=caller)) == 2
    else:
        assert refusal(*several, by=caller)[0] == "1"
    assert len(stored()["tags"]) == is_allowed


def test_who_manages_no_more_sets_no_passwords(blog: Engine) -> None:
    rules = {"updateRule": "@request.auth.id != ''", "manageRule": BOSS}
    change_collection("users", fields=ROLE, **rules)
    boss, other = add_user("ann", id=A, role="boss"), add_user("bob", id=B)
    secret = patch("users", other.id, password="87654321", passwordConfirm="87654321")
    number, response = refusal(patch("users", boss.id, role=""), secret, by=boss)
    assert (number, list(response["data"])) == ("1", ["oldPassword"])
    assert len(run(secret, patch("users", boss.id, role=""), by=boss)) == 2


@pytest.mark.usefixtures("warm")
def test_a_collection_that_was_made_elsewhere_a_moment_ago(
    blog: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = load.get_snapshot()
    build({"name": "fresh", "fields": [text("name")], "indexes": [], "createRule": ""})
    monkeypatch.setattr(load._memory, "held", held)
    assert held.catalog.find("fresh") is None
    assert run(post("fresh", name="a"))[0]["body"]["name"] == "a"


def test_a_password_that_was_just_changed_is_asked_for(blog: Engine) -> None:
    change_collection("users", updateRule="id = @request.auth.id")
    ann = add_user("ann")
    first = {"oldPassword": "correct horse", "password": "87654321", "passwordConfirm": "87654321"}
    number, response = refusal(patch("users", ann.id, **first), patch("users", ann.id, **first), by=ann)
    assert (number, list(response["data"])) == ("1", ["oldPassword"])
    run(
        patch("users", ann.id, **first),
        patch("users", ann.id, **{**first, "oldPassword": "87654321"}),
        by=ann,
    )


# Reads are those of each request; one write is a plain one, several are a transaction.
COSTS: list[tuple[str, Sequence[Asked], Mapping[str, int]]] = [
    ("one", [post("authors", name="a")], {"PutItem": 1}),
    ("one with a unique value", [post("tags", name="a")], {"GetItem": 1, "TransactWriteItems": 1}),
    ("one with an id", [post("authors", id=A, name="a")], {"GetItem": 1, "PutItem": 1}),
    ("fifty", [post("authors", name="a")] * 50, {"TransactWriteItems": 1}),
    ("a change", [patch("authors", C, name="a")], {"GetItem": 1, "PutItem": 1}),
    ("three changes of one", [patch("authors", C, name="a")] * 3, {"GetItem": 1, "PutItem": 1}),
    ("an upsert", [put("authors", id=C, name="a")], {"GetItem": 1, "PutItem": 1}),
    ("who came and went", [post("notes", name="ok", id=A), delete("notes", A)], {"GetItem": 1}),
    (
        "references to one record",
        [post("posts", title="p", author=C)] * 5,
        {"BatchGetItem": 1, "TransactWriteItems": 1},
    ),
]


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(("several", "calls"), [row[1:] for row in COSTS], ids=[row[0] for row in COSTS])
def test_calls(blog: Engine, several: Sequence[Asked], calls: Mapping[str, int]) -> None:
    add("authors", id=C, name="c")
    refusal(Asked("GET", "/"))  # the collections are in memory
    blog.calls.reset()
    run(*several)
    assert blog.calls.by_operation == calls
