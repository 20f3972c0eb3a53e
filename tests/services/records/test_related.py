"""Records reached from others: cached, batched, within the budget."""

import pytest

from chalicelib.records.related import RelatedRecords
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


def test_referring_reads_the_collection_once_and_keeps_its_order(blog: Engine) -> None:
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


def test_everything_that_is_read_comes_off_the_budget(blog: Engine) -> None:
    ids = [add("authors", name=str(place)).id for place in range(4)]
    related = RelatedRecords(budget=Budget(6))
    related.by_ids(collection("authors"), ids)
    with pytest.raises(BudgetExceeded):
        list(related.everything(collection("authors")))
