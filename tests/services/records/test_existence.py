"""References to what is not there, ids that are taken elsewhere."""

import pytest

from chalicelib.records.existence import check_existence, check_given_id
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, build, collection

pytestmark = pytest.mark.usefixtures("warm")
A, B, MISSING = "a" * 15, "b" * 15, "m" * 15


@pytest.mark.parametrize(
    ("author", "tags", "wrong", "calls"),
    [
        ("", [], [], 0),
        (A, [A, B], [], 1),
        (MISSING, [A], ["author"], 1),
        (A, [A, MISSING], ["tags"], 1),
        ("", [A, A, B], [], 1),
        (MISSING, [MISSING], ["author", "tags"], 1),
    ],
)
def test_all_references_are_looked_up_at_once(
    blog: Engine, author: str, tags: list[str], wrong: list[str], calls: int
) -> None:
    add("authors", id=A, name="a")
    add("tags", id=A, name="a")
    add("tags", id=B, name="b")
    post = Record(collection("posts"), {"author": author, "tags": tags})
    blog.calls.reset()
    assert list(check_existence(None, post, RelatedRecords())) == wrong
    assert blog.calls.by_operation["BatchGetItem"] == blog.calls.total == calls


def test_references_that_were_there_before_are_not_asked_for_again(blog: Engine) -> None:
    before = Record(collection("posts"), {"author": MISSING, "tags": [A]})
    after = Record(collection("posts"), {"author": MISSING, "tags": [A, B]})
    blog.calls.reset()
    assert check_existence(before, before, RelatedRecords()) == {}
    assert blog.calls.total == 0
    assert list(check_existence(before, after, RelatedRecords())) == ["tags"]


def test_an_id_may_be_used_by_one_auth_collection_only(blog: Engine) -> None:
    build({"name": "staff", "type": "auth"})
    add_user("ann", id=A)
    add("tags", id=B, name="b")
    for record_id, expected in ((A, ["id"]), (B, []), ("", [])):
        draft = Record(collection("staff"), {"id": record_id})
        assert list(check_given_id(draft, RelatedRecords())) == expected
    assert check_given_id(Record(collection("tags"), {"id": A}), RelatedRecords()) == {}
