"""The blog with a few records in it, behind the gateway, and people to ask."""

from collections.abc import Mapping

import pytest

from chalicelib.auth.tokens import new_auth_token
from chalicelib.storage.engine import Engine
from tests.services.records.conftest import blog  # noqa: F401
from tests.services.records.world import add, add_user

A, B, C = "a" * 15, "b" * 15, "c" * 15


@pytest.fixture
def names(blog: Engine) -> Mapping[str, str]:  # noqa: F811
    """Records to ask for: authors, posts with references of each kind, notes that a rule shows or hides."""
    add("authors", id=A, name="ann", secret="hush")
    add("authors", id=B, name="bob")
    add("tags", id=A, name="red")
    add("tags", id=B, name="blue")
    add("posts", id=A, title="first", author=A, tags=[A, B], count=1, data={"k": [1, 2]})
    add("posts", id=B, title="second", author=B)
    add("comments", id=A, body="well", post=A, by=B)
    add("reviews", id=A, author=B)
    add("profiles", id=A, author=A, kind="k")
    add("notes", id=A, name="ok", author=A)
    add("notes", id=B, name="ko", author=A)
    add("safes", id=A, name="gold")
    return {"a": A, "b": B, "c": C, "ann": A, "zoe": B}


@pytest.fixture
def tokens(names: Mapping[str, str], superuser: tuple[object, str]) -> Mapping[str, str]:
    """Ann and Zoe, who are users with the same ids as authors, and root."""
    ann, zoe = add_user("ann", id=A), add_user("zoe", id=B)
    return {"ann": new_auth_token(ann), "zoe": new_auth_token(zoe), "root": superuser[1], "nonsense": "a.b.c"}
