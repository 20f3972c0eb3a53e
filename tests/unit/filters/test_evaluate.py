"""How evaluation works: lazily, in batches, without the product of everything."""

from dataclasses import replace
from itertools import islice

import pytest

from chalicelib.filters import NEW_ROOT, Scope, TooManyTrials, bind, matches, matching, parse, trials
from chalicelib.request import RequestInfo
from chalicelib.schema.changes import with_access
from chalicelib.schema.record import Record
from tests.unit.filters.conftest import NOW, define
from tests.unit.filters.world import MemorySource

FOUND = [
    ("author.name = 'bob'", ["p2"]),
    ("tags.name = 'red'", ["p2"]),
    ("tags.name ?= 'red'", ["p1", "p2"]),
    ("tags.name ?= 'red' && tags.name ?= 'blue'", []),
    ("tags.name ?= 'red' && comments_via_post.name ?= 'second'", ["p1"]),
    ("@collection.tags:a.name ?= 'red' && @collection.tags:b.name ?= 'blue'", ["p1", "p2", "p3"]),
    ("@collection.comments.post ?= id && @collection.comments.name ?= 'first'", ["p1", "p2"]),
]
# What is asked of the source, for how many questions, when all posts are tested.
QUESTIONS = [
    ("title = 'a'", []),
    ("1 = 1", []),
    ("1 = 2 && author.name = 'x'", []),
    ("n = 7 && author.name = 'ann'", []),
    ("n < 7 || author.name = 'ann'", []),
    ("author.name = 'ann'", [("ids", "people", "ann", "bob", "cid")]),
    ("n = 2 && author.name = 'ann'", [("ids", "people", "bob", "cid")]),
    ("tags.name ?= 'x'", [("ids", "tags", "red", "blue")]),
    ("comments_via_post.name ?= 'x'", [("referring", "comments", "post", "p1", "p2", "p3")]),
    ("author.boss.name = 'x'", [("ids", "people", "ann", "bob", "cid"), ("ids", "people", "ann", "bob")]),
    ("@collection.tags.name ?= title", [("everything", "tags")]),
]


@pytest.mark.parametrize(("text", "ids"), FOUND)
def test_finds(text: str, ids: list[str], posts: Scope, source: MemorySource) -> None:
    node = bind(parse(text), posts)
    assert [record.id for record in matching(node, source.records["cposts"], source)] == ids
    assert [record.id for record in source.records["cposts"] if matches(node, record, source)] == ids


@pytest.mark.parametrize(("text", "questions"), QUESTIONS)
def test_asks_in_batches(
    text: str, questions: list[tuple[str, ...]], posts: Scope, source: MemorySource
) -> None:
    node = bind(parse(text), posts)
    list(matching(node, source.records["cposts"], source))
    assert source.asked[: len(questions)] == questions
    assert bool(source.asked) == bool(questions)


MEMBERS = [
    ("@collection.members.user ?= 'ann'", [("equal", "members", "user", "ann")]),
    (
        "@collection.members.user ?= owner",
        [("equal", "members", "user", each) for each in ("ann", "bob", "ann")],
    ),
    ("@collection.members.level ?= 1", [("everything", "members")]),
    ("@collection.members.team ?= 'red'", [("everything", "members")]),
    ("@collection.members.user = 'ann'", [("equal", "members", "user", "ann"), ("everything", "members")]),
    ("@collection.members.user ?!= 'ann'", [("everything", "members")]),
]


@pytest.mark.parametrize(("text", "questions"), MEMBERS)
def test_rows_of_a_collection_are_looked_up_by_its_index(text: str, questions: list[tuple[str, ...]]) -> None:
    fields = [{"name": name, "type": "text"} for name in ("user", "team")]
    index = ["CREATE INDEX i ON members (user, level)"]
    members = define("members", *fields, {"name": "level", "type": "number"}, indexes=index)
    things = define("things", {"name": "owner", "type": "text"})
    source = MemorySource([with_access(members, None), things])
    source.add("members", id="m1", user="ann", level=1, team="red")
    source.add("members", id="m2", user="cid", level=2, team="red")
    for id_, owner in (("t1", "ann"), ("t2", "bob"), ("t3", "ann")):
        source.add("things", id=id_, owner=owner)
    node = bind(parse(text), Scope(things, source.catalog, RequestInfo(), NOW))
    through_index = [record.id for record in matching(node, source.records["cthings"], source)]
    assert source.asked[: len(questions)] == questions
    without = MemorySource([members, things])
    without.records = source.records
    assert [record.id for record in matching(node, source.records["cthings"], without)] == through_index


def test_reads_no_further_than_needed(posts: Scope, source: MemorySource) -> None:
    record = source.records["cposts"][0]
    read = []

    def endless() -> object:
        while True:
            read.append(record)
            yield record

    found = matching(bind(parse("author.name = 'ann'"), posts), endless(), source)  # type: ignore[arg-type]
    assert len(list(islice(found, 3))) == 3
    assert len(read) <= 64


def test_independent_relations_do_not_multiply(posts: Scope, source: MemorySource) -> None:
    for number in range(200):
        source.add("comments", id=f"c{number}", name="x", post="p1")
        source.add("tags", id=f"t{number}", name="x")
    many = source.add("posts", id="p1", tags=[f"t{number}" for number in range(200)])
    text = " && ".join(
        [
            "tags.name ?= 'nosuch' || title = 'nosuch'",
            "comments_via_post.name ?= 'x'",
            "@collection.comments.name ?= 'x'",
        ]
    )
    assert not matches(bind(parse(text), posts), many, source)


def test_a_new_record_has_no_column_types(posts: Scope, source: MemorySource) -> None:
    record = Record(posts.collection, {"id": "new", "title": "", "n": 1, "author": "", "tags": []})
    tree = parse("n = '1'")
    assert matches(bind(tree, posts), record, source)
    assert not matches(bind(tree, replace(posts, root=NEW_ROOT)), record, source)


def test_finding_an_equal_row_needs_few_trials(
    posts: Scope, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        source.add("tags", id=f"t{number}", name=f"tag {number}")
        source.add("posts", id=f"x{number}", title=f"tag {number}")
    monkeypatch.setattr(trials, "MAX_TRIALS", 1000)
    node = bind(parse("@collection.tags.name ?= title"), posts)
    assert len(list(matching(node, source.records["cposts"], source))) == 100


@pytest.mark.parametrize("text", ["@collection.tags.name ?> title", "@collection.tags.name > title"])
def test_comparing_each_with_each_has_an_end(
    text: str, posts: Scope, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        source.add("tags", id=f"t{number}", name="a")
        source.add("posts", id=f"x{number}", title="z")
    monkeypatch.setattr(trials, "MAX_TRIALS", 1000)
    with pytest.raises(TooManyTrials):
        list(matching(bind(parse(text), posts), source.records["cposts"], source))


SHARED = [
    "author.posts_via_author.author.posts_via_author.author.posts_via_author.title ?= 'nosuch'",
    "author.posts_via_author.author.posts_via_author.author.posts_via_author.title = 'nosuch'",
    "author.posts_via_author.author.posts_via_author.author.posts_via_author.title != 'nosuch'",
    "author.posts_via_author.author.name = 'nosuch'",
    "author.posts_via_author.title = 'nosuch'",
    "author.posts_via_author.author.posts_via_author.title ?= 'nosuch' || author.name = 'nosuch'",
    "author.posts_via_author.title !~ 'nosuch' && author.posts_via_author.n ?= 99",
]


@pytest.mark.parametrize("text", SHARED)
def test_what_many_records_share_is_looked_at_once(text: str, posts: Scope, source: MemorySource) -> None:
    source.records["cposts"].clear()
    for number in range(200):
        source.add("posts", id=f"x{number}", title="a", author="ann")
    found = list(matching(bind(parse(text), posts), source.records["cposts"], source))
    assert len(found) == (200 if text.endswith("!= 'nosuch'") else 0)
    assert source.trials.count < 5000


def test_all_evaluations_of_a_request_count_together(
    posts: Scope, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "MAX_TRIALS", 100)
    node = bind(parse("@collection.tags.name ?> title"), posts)
    with pytest.raises(TooManyTrials):
        for _ in range(100):
            list(matching(node, source.records["cposts"], source))


def test_an_outcome_is_remembered_only_for_the_same_rows(posts: Scope, source: MemorySource) -> None:
    source.records["cposts"].clear()
    for number in range(6):
        source.add(
            "posts", id=f"x{number}", title="abc"[number % 3], n=number, author=("ann", "bob")[number % 2]
        )
    text = "author.posts_via_author.n ?> n && author.posts_via_author.title ?= title"
    found = matching(bind(parse(text), posts), source.records["cposts"], source)
    assert [record.id for record in found] == []
    text = "author.posts_via_author.n ?> n"
    found = matching(bind(parse(text), posts), source.records["cposts"], source)
    assert [record.id for record in found] == ["x0", "x1", "x2", "x3"]
