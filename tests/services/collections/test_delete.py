"""Deleting a collection: what is gone, what is refused, and that nothing comes back."""

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.collections.update import update_collection
from chalicelib.errors import BadRequest, NotFound
from tests.services.collections.stored import store, stored

POSTS = {
    "name": "posts",
    "fields": [{"name": "a", "type": "text"}],
    "indexes": ["CREATE UNIQUE INDEX i ON posts (a)"],
}


def test_a_collection_of_the_same_name_starts_empty(defaults):
    create_collection(POSTS)
    former = get_collection("posts")
    for n in range(3):
        store("posts", f"record00000000{n}", a=f"v{n}")
    delete_collection("posts")
    create_collection(POSTS)
    assert get_collection("posts").id == former.id
    assert stored("posts") == []
    store("posts", "record000000001", a="v1")


def test_unknown(defaults):
    with pytest.raises(NotFound):
        delete_collection("posts")


def test_what_others_refer_to_stays(defaults):
    posts = create_collection(POSTS)
    relation = {"name": "post", "type": "relation", "collectionId": posts["id"]}
    for name in ("comments", "likes"):
        create_collection({"name": name, "fields": [relation]})
    with pytest.raises(BadRequest, match="probably due to existing reference in comments, likes"):
        delete_collection("posts")
    assert get_catalog().find("posts")


def test_a_reference_to_itself_does_not_count(defaults):
    posts = create_collection(POSTS)
    update_collection(
        "posts",
        {"fields": [*posts["fields"], {"name": "p", "type": "relation", "collectionId": posts["id"]}]},
    )
    delete_collection("posts")
    assert get_catalog().find("posts") is None
