"""Rules: who passes, and who gets which refusal."""

import pytest

from chalicelib.collections.load import get_catalog
from chalicelib.errors import ApiError, Forbidden, NotFound
from chalicelib.records.access import manages, open_collection, require_allowed, satisfies
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, ask, build, change_collection, collection, text


class UnreadableBody(dict[str, object]):
    """A body that raises when it is first looked at."""

    def __len__(self) -> int:
        raise ApiError("unreadable body")


@pytest.mark.parametrize("action", ["list", "view", "create", "update", "delete"])
def test_no_rule_is_for_superusers_only(blog: Engine, superuser: tuple[Record, str], action: str) -> None:
    with pytest.raises(Forbidden, match="Only superusers can perform this action"):
        open_collection(get_catalog(), "safes", action, ask())
    with pytest.raises(Forbidden):
        open_collection(get_catalog(), "safes", action, ask(add_user("ann")))
    assert open_collection(get_catalog(), "safes", action, ask(superuser[0])).name == "safes"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("list", "Missing collection context."),
        ("view", "Missing collection context."),
        ("create", "Missing or invalid collection context."),
        ("update", "Missing or invalid collection context."),
        ("delete", "Missing collection context."),
    ],
)
def test_a_missing_collection_comes_before_an_unreadable_body(
    blog: Engine, action: str, message: str
) -> None:
    with pytest.raises(NotFound, match=message):
        open_collection(get_catalog(), "nowhere", action, ask(body=UnreadableBody()))


def test_an_unreadable_body_comes_before_the_rule(blog: Engine) -> None:
    with pytest.raises(ApiError, match="Unreadable body"):
        open_collection(get_catalog(), "safes", "create", ask(body=UnreadableBody()))


@pytest.mark.parametrize(
    ("rule", "guest", "ann", "root"),
    [
        (None, False, False, True),
        ("", True, True, True),
        ("@request.auth.id != ''", False, True, True),
        ("name = 'note'", True, True, True),
        ("name = 'other'", False, False, True),
        ("author.name = 'writer'", True, True, True),
        ("@request.query.key = 'open'", True, True, True),
    ],
)
def test_satisfies(
    blog: Engine, superuser: tuple[Record, str], rule: str | None, guest: bool, ann: bool, root: bool
) -> None:
    author = add("authors", name="writer")
    note, user = add("notes", name="note", author=author.id), add_user("ann")
    people = (None, user, superuser[0])
    answers = [satisfies(note, rule, ask(by, key="open"), RelatedRecords()) for by in people]
    assert answers == [guest, ann, root]


def test_a_rule_that_has_become_invalid_lets_nobody_pass(blog: Engine) -> None:
    build({"name": "gone", "fields": [text("name")]})
    note = add("notes", name="note")
    assert not satisfies(note, "nofield = 1", ask(), RelatedRecords())
    assert not satisfies(note, "((", ask(), RelatedRecords())


def test_what_is_not_allowed_is_not_found(blog: Engine) -> None:
    note = add("notes", name="ko")
    for found in (note, None):
        with pytest.raises(NotFound):
            require_allowed(found, "view", ask(), RelatedRecords())


@pytest.mark.parametrize(
    ("rule", "by", "expected"),
    [
        (None, "ann", False),
        ("", "ann", False),
        ("name = 'bob'", "ann", True),
        ("name = 'bob'", "", False),
        ("name = 'zoe'", "ann", False),
        (None, "root", True),
        ("@request.auth.name = 'ann'", "ann", True),
    ],
)
def test_manages(
    blog: Engine, superuser: tuple[Record, str], rule: str | None, by: str, expected: bool
) -> None:
    people = {"": None, "ann": add_user("ann"), "root": superuser[0]}
    change_collection("users", manageRule=rule)
    bob = add_user("bob")
    assert manages(bob, ask(people[by]), RelatedRecords()) is expected
    assert not manages(add("notes"), ask(people["ann"]), RelatedRecords())


def test_the_collection_may_be_named_in_any_case_or_by_its_id(blog: Engine) -> None:
    wanted = collection("posts")
    for name in ("posts", "POSTS", wanted.id):
        assert open_collection(get_catalog(), name, "list", ask()) == wanted
