"""Records reached from others: cached, batched, within the budget."""

from dataclasses import replace

import pytest

from chalicelib.collections.save import Change, save_change
from chalicelib.records.related import MAX_LOOKUPS, RelatedRecords
from chalicelib.schema.collection import Collection
from chalicelib.schema.slots import BUILDING
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, collection

pytestmark = pytest.mark.usefixtures("warm")


def test_by_ids_reads_what_it_does_not_know_in_one_call(blog: Engine) -> None:
    ids = [add("authors", name=name).id for name in ("a", "b", "c")]
    authors, related = collection("authors"), RelatedRecords()
    blog.calls.reset()
    assert [record.id for record in related.by_ids(authors, [ids[1], ids[0], ids[1], "", "missing"])] == ids[
        1::-1
    ]
    assert [record.id for record in related.by_ids(authors, [*ids, "missing"])] == ids
    assert related.by_ids(authors, ["missing", ids[0]])
    assert blog.calls.by_operation == {"BatchGetItem": 2}


def test_fetch_reads_several_collections_in_one_call(blog: Engine) -> None:
    author, tag = add("authors", name="a"), add("tags", name="t")
    related = RelatedRecords()
    blog.calls.reset()
    wanted = [
        (collection("authors"), author.id),
        (collection("tags"), tag.id),
        (collection("tags"), author.id),
    ]
    related.fetch(wanted)
    assert related.by_ids(collection("authors"), [author.id]) == [author]
    assert related.by_ids(collection("tags"), [tag.id, author.id]) == [tag]
    assert blog.calls.by_operation == {"BatchGetItem": 1}


def test_ids_of_one_collection_are_not_those_of_another(blog: Engine) -> None:
    author, related = add("authors", name="a"), RelatedRecords()
    assert related.by_ids(collection("authors"), [author.id])
    assert related.by_ids(collection("tags"), [author.id]) == []


@pytest.mark.parametrize("field", ["author", "tags"])
def test_referring_looks_up_each_id_once(blog: Engine, field: str) -> None:
    a, b = add("tags", name="a"), add("tags", name="b")
    held = [b.id, a.id, b.id]
    values = [{field: [each] if field == "tags" else each} for each in held]
    posts = [add("posts", title="x", **each) for each in values]
    related = RelatedRecords()
    blog.calls.reset()
    named = collection("posts")
    assert related.referring(named, field, [a.id, "nobody"]) == [posts[1]]
    assert related.referring(named, field, [b.id, a.id, b.id, ""]) == posts
    assert related.referring(named, field, ["nobody"]) == []
    assert blog.calls.by_operation["Query"] == 3


def test_many_ids_are_looked_for_by_reading_all(blog: Engine) -> None:
    author = add("authors", name="a")
    post = add("posts", title="x", author=author.id)
    related = RelatedRecords()
    blog.calls.reset()
    named = collection("posts")
    ids = [author.id, *(f"nobody{place}" for place in range(MAX_LOOKUPS))]
    assert related.referring(named, "author", ids) == [post]
    assert related.referring(named, "author", ["another"]) == []
    assert blog.calls.by_operation == {"Query": 1}


def test_what_is_looked_up_comes_off_the_budget(blog: Engine) -> None:
    for _ in range(4):
        add("posts", title="x", author="a")
    with pytest.raises(BudgetExceeded):
        RelatedRecords(budget=Budget(3)).referring(collection("posts"), "author", ["a"])


def test_equal_is_for_fields_with_an_index(blog: Engine) -> None:
    author = add("authors", name="a")
    posts = [add("posts", title="x", author=author.id) for _ in range(2)]
    named, related = collection("posts"), RelatedRecords()
    blog.calls.reset()
    assert related.equal(named, "title", "x") is None
    assert related.equal(named, "author", author.id) == posts
    assert related.equal(named, "author", author.id) == posts
    assert related.equal(named, "author", "nobody") == []
    assert blog.calls.by_operation == {"Query": 2}


def test_while_an_index_is_building_all_is_read_once(blog: Engine) -> None:
    save_change(lambda catalog: Change(put=(unready(collection("posts")),)))
    a, b = add("authors", name="a"), add("authors", name="b")
    posts = [add("posts", title=str(place), author=each.id) for place, each in enumerate([b, a, b])]
    related = RelatedRecords()
    blog.calls.reset()
    named = collection("posts")
    assert related.referring(named, "author", [a.id, b.id]) == posts
    assert related.referring(named, "author", [b.id]) == [posts[0], posts[2]]
    assert related.referring(named, "tags", [b.id]) == []
    assert list(related.everything(named)) == posts
    assert blog.calls.by_operation == {"Query": 1}


def unready(ready: Collection) -> Collection:
    slots = tuple(replace(slot, state=BUILDING) for slot in ready.slots)
    return replace(ready, slots=slots, edges=tuple(replace(each, state=BUILDING) for each in ready.edges))


def test_everything_that_is_read_comes_off_the_budget(blog: Engine) -> None:
    ids = [add("authors", name=str(place)).id for place in range(4)]
    related = RelatedRecords(budget=Budget(6))
    related.by_ids(collection("authors"), ids)
    with pytest.raises(BudgetExceeded):
        list(related.everything(collection("authors")))
