"""expand=: what is found, in which shape, and what is silently left out."""

from typing import Any

import pytest

from chalicelib.records.expand import read_paths
from chalicelib.records.present import present
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, ask, change_collection

ANN, BOB, T1, T2, P1, P2, C1, C2 = (letter * 15 for letter in "abtupqcd")


@pytest.fixture
def filled(blog: Engine) -> dict[str, Record]:
    """Ann wrote p1 with two tags, and p2; she and Bob commented on p1."""
    stored = [
        add("authors", id=ANN, name="ann", secret="s"),
        add("authors", id=BOB, name="bob"),
        add("tags", id=T1, name="one"),
        add("tags", id=T2, name="two"),
        add("posts", id=P1, title="p1", author=ANN, tags=[T2, T1]),
        add("posts", id=P2, title="p2"),
        add("comments", id=C1, post=P1, by=ANN),
        add("comments", id=C2, post=P1, by=BOB),
        add("profiles", id=ANN, author=ANN),
        add("notes", id=ANN, name="ok", author=ANN),
        add("notes", id=BOB, name="ko", author=BOB),
        add("safes", id=ANN, author=ANN),
    ]
    return {f"{record.collection.name}/{record.id}": record for record in stored}


def outline(shown: dict[str, Any]) -> Any:
    """Of an expand, ids and shapes only: what a record leads to, None where nothing was expanded."""
    if "expand" not in shown:
        return None
    return {name: tree(found) for name, found in shown["expand"].items()}


def tree(found: Any) -> Any:
    if isinstance(found, list):
        return [tree(each) for each in found]
    inner = outline(found)
    return found["id"] if inner is None else (found["id"], inner)


@pytest.mark.parametrize(
    ("start", "expand", "expected"),
    [
        ("posts/p", "", None),
        ("posts/p", "author", {"author": ANN}),
        ("posts/p", "tags", {"tags": [T2, T1]}),
        ("posts/p", " author , tags ,", {"author": ANN, "tags": [T2, T1]}),
        ("posts/p", "nope", None),
        ("posts/p", "title", None),
        ("posts/p", "Author", None),
        ("posts/p", "author,nope,tags", {"author": ANN, "tags": [T2, T1]}),
        ("posts/p", "author.nope", None),
        ("posts/p", "author,author.nope", None),
        ("posts/p", "tags.name", None),
        ("posts/q", "author,tags", {}),
        ("posts/p", "comments_via_post", {"comments_via_post": [C1, C2]}),
        ("posts/p", "comments(post)", {"comments(post)": [C1, C2]}),
        ("posts/p", "COMMENTS_via_post", {"COMMENTS_via_post": [C1, C2]}),
        ("posts/p", "comments_via_by", None),
        ("posts/p", "nope_via_post", None),
        ("posts/q", "comments_via_post", {}),
        ("posts/q", "comments_via_post.nope", {}),
        ("posts/p", "comments_via_post.by", {"comments_via_post": [(C1, {"by": ANN}), (C2, {"by": BOB})]}),
        (
            "posts/p",
            "comments_via_post.by,comments_via_post.post",
            {"comments_via_post": [(C1, {"by": ANN, "post": P1}), (C2, {"by": BOB, "post": P1})]},
        ),
        ("posts/p", "author,author.posts_via_author", {"author": (ANN, {"posts_via_author": [P1]})}),
        ("authors/a", "profiles_via_author", {"profiles_via_author": ANN}),
        ("authors/b", "profiles_via_author", {}),
        ("authors/a", "notes_via_author", {"notes_via_author": [ANN]}),
        ("authors/b", "notes_via_author", {}),
        ("authors/a", "safes_via_author", None),
        ("authors/a", "safes_via_author,profiles_via_author", {"profiles_via_author": ANN}),
    ],
)
def test_a_guest_expands(filled: dict[str, Record], start: str, expand: str, expected: Any) -> None:
    collection, letter = start.split("/")
    record = filled[f"{collection}/{letter * 15}"]
    assert outline(present([record], ask(expand=expand), RelatedRecords())[0]) == expected


def test_superusers_see_what_rules_hide(filled: dict[str, Record], superuser: tuple[Record, str]) -> None:
    (shown,) = present(
        [filled[f"authors/{ANN}"]], ask(superuser[0], expand="safes_via_author"), RelatedRecords()
    )
    assert outline(shown) == {"safes_via_author": [ANN]}
    (shown,) = present([filled[f"posts/{P1}"]], ask(superuser[0], expand="author"), RelatedRecords())
    assert shown["expand"]["author"]["secret"] == "s"
    (shown,) = present([filled[f"posts/{P1}"]], ask(expand="author"), RelatedRecords())
    assert "secret" not in shown["expand"]["author"]


def test_six_relations_far_and_no_further(filled: dict[str, Record]) -> None:
    path = ".".join(["author.posts_via_author"] * 4)
    (shown,) = present([filled[f"posts/{P1}"]], ask(expand=path), RelatedRecords())
    depth = 0
    while "expand" in shown:
        found = next(iter(shown["expand"].values()))
        shown, depth = (found[0] if isinstance(found, list) else found), depth + 1
    assert depth == 6


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("@request.context = 'expand'", {"author": ANN}),
        ("@request.context = 'default'", {}),
        ("name = 'ann'", {"author": ANN}),
        ("posts_via_author.title ?= 'p1'", {"author": ANN}),
        ("name = 'bob'", {}),
        (None, None),
    ],
)
def test_the_targets_view_rule_decides(filled: dict[str, Record], rule: str | None, expected: Any) -> None:
    change_collection("authors", viewRule=rule)
    (shown,) = present([filled[f"posts/{P1}"]], ask(expand="author"), RelatedRecords())
    assert outline(shown) == expected


def test_a_target_rule_that_has_become_invalid_shows_nothing(filled: dict[str, Record]) -> None:
    change_collection("authors", viewRule="nofield = 1")
    (shown,) = present([filled[f"posts/{P1}"]], ask(expand="author"), RelatedRecords())
    assert outline(shown) is None


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", ()),
        (",. ,", ()),
        (".author.", (("author",),)),
        ("a..b", (("a", "", "b"),)),
        ("a,a", (("a",),)),
        ("a,a.b,a.b.c", (("a", "b", "c"),)),
        ("a.b,a.c", (("a", "b"), ("a", "c"))),
        ("ab,a", (("ab",), ("a",))),
    ],
)
def test_read_paths(text: str, paths: Any) -> None:
    assert read_paths(text) == paths


def test_thousands_of_paths_cost_no_more_than_their_length(filled: dict[str, Record]) -> None:
    expand = ",".join(f"r{place}.x.y.z" for place in range(5000)) + ",author"
    (shown,) = present([filled[f"posts/{P1}"]], ask(expand=expand), RelatedRecords())
    assert outline(shown) == {"author": ANN}
