"""What of a record is shown to whom."""

import pytest

from chalicelib.errors import BadRequest
from chalicelib.records.present import MAX_SHOWN, present
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import (
    add,
    add_user,
    ask,
    build,
    change_collection,
    collection,
    several,
    text,
)


def test_keys_are_sorted_and_the_collection_is_named(blog: Engine) -> None:
    post = add("posts", title="t", data={"b": 1})
    (shown,) = present([post], ask(), RelatedRecords())
    assert list(shown) == sorted(shown)
    assert shown == {
        "author": "",
        "collectionId": collection("posts").id,
        "collectionName": "posts",
        "count": 0,
        "created": post.get("created"),
        "data": {"b": 1},
        "id": post.id,
        "tags": [],
        "title": "t",
        "updated": post.get("updated"),
    }


def test_hidden_fields_are_for_superusers(blog: Engine, superuser: tuple[Record, str]) -> None:
    author = add("authors", name="a", secret="s")
    assert "secret" not in present([author], ask(add_user("ann")), RelatedRecords())[0]
    assert present([author], ask(superuser[0]), RelatedRecords())[0]["secret"] == "s"


def test_secrets_are_shown_to_nobody(blog: Engine, superuser: tuple[Record, str]) -> None:
    ann = add_user("ann")
    for by in (None, ann, superuser[0]):
        (shown,) = present([ann], ask(by), RelatedRecords())
        assert not {"password", "tokenKey"} & shown.keys()
        assert str(ann.get("tokenKey")) not in str(shown)


def test_password_fields_of_other_collections_are_there_but_empty(
    blog: Engine, superuser: tuple[Record, str]
) -> None:
    build({"name": "locks", "fields": [{"name": "code", "type": "password"}]})
    lock = add("locks", code="$2a$10$something")
    assert present([lock], ask(superuser[0]), RelatedRecords())[0]["code"] == ""


@pytest.mark.parametrize(
    ("by", "visible", "rule", "shown"),
    [
        ("", False, None, False),
        ("", True, None, True),
        ("bob", False, None, False),
        ("ann", False, None, True),
        ("root", False, None, True),
        ("bob", False, "name = 'ann'", True),
        ("", False, "name = 'ann'", True),
        ("bob", False, "@request.auth.name = 'zoe'", False),
        ("bob", False, "", False),
        ("bob", False, "nofield = 1", False),
    ],
)
def test_email(
    blog: Engine, superuser: tuple[Record, str], by: str, visible: bool, rule: str | None, shown: bool
) -> None:
    change_collection("users", manageRule=rule)
    ann = add_user("ann", emailVisibility=visible)
    people = {"": None, "ann": ann, "bob": add_user("bob"), "root": superuser[0]}
    (answer,) = present([ann], ask(people[by]), RelatedRecords())
    assert ("email" in answer) is shown


def test_a_record_of_another_collection_with_the_same_id_is_not_ones_own(blog: Engine) -> None:
    build({"name": "staff", "type": "auth"})
    ann = add_user("ann", id="a" * 15)
    other = add("staff", id="a" * 15, email="boss@example.com", password="x")
    assert "email" not in present([other], ask(ann), RelatedRecords())[0]


def test_one_batch_shows_each_with_its_own_right(blog: Engine) -> None:
    people = [add_user("ann"), add_user("bob", emailVisibility=True), add_user("zoe")]
    build({"name": "teams", "viewRule": "", "fields": [several("members", "_pb_users_auth_")]})
    change_collection("users", viewRule="")
    team = add("teams", members=[each.id for each in people])
    (shown,) = present([team], ask(people[2], expand="members"), RelatedRecords())
    assert [each.get("email") for each in shown["expand"]["members"]] == [
        None,
        "bob@example.com",
        "zoe@example.com",
    ]


def test_an_expand_that_multiplies_beyond_all_bounds_is_refused(blog: Engine) -> None:
    build({"name": "nodes", "viewRule": "", "fields": [text("name")]})
    change_collection(
        "nodes",
        fields=[*(field.to_json() for field in collection("nodes").fields), several("next", "nodes_id")],
    )
    ids = [letter * 15 for letter in "abcdefghi"]
    nodes = [add("nodes", id=each, next=ids) for each in ids]
    fine = present(nodes[:1], ask(expand="next.next.next"), RelatedRecords())
    assert len(str(fine)) > 9**3
    assert MAX_SHOWN < 9**6
    with pytest.raises(BadRequest, match="expand would repeat"):
        present(nodes[:1], ask(expand="next.next.next.next.next.next"), RelatedRecords())
