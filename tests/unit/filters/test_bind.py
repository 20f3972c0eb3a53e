"""Binding: what is decided at once, what is refused, and what a client's path adds."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.filters import (
    ALWAYS,
    NEVER,
    FilterError,
    Scope,
    SuperusersOnly,
    bind,
    check_client_text,
    parse,
)
from chalicelib.filters.bound import Column, Condition, Constant, Or, conditions_in
from chalicelib.filters.joins import Related
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from tests.unit.filters.world import MemorySource

DECIDED = [
    ("", True),
    ("@request.auth.id = ''", True),
    ("@request.auth.id != ''", False),
    ("@request.auth.id != '' || 1 = 1", True),
    ("title = 'x' && 1 = 2", False),
    ("title = 'x' || '' = null", True),
    ("@request.method = 'GET' && @request.context = 'default'", True),
    ("@request.query.page:isset = true", False),
    ("@now = '2024-02-29 13:04:05.678Z'", True),
    ("@request.body.title = 'x'", False),
    ("null > 1 || null < 1 || null ~ ''", False),
    ("@request.auth.nosuch.deeper != ''", False),
]
NAMES = [
    "title",
    "n",
    "author",
    "tags",
    "author.name",
    "author.boss.name",
    "tags.name",
    "tags:each",
    "secret",
]
NAMES += [
    "comments_via_post.name",
    "@request.auth.id",
    "@request.body.title:changed",
    "@collection.tags.name",
    "@now",
]
NAMES += [
    "nosuch",
    "author.nosuch",
    "title.x",
    "@request.body.tags:each",
    "author.secret",
    "strftime('%Y', title)",
]
SIGNS = ["=", "!=", ">", "<=", "~", "!~", "?=", "?!~"]


@pytest.mark.parametrize(
    ("kind", "field_id", "is_private"),
    [
        ("auth", "email0000001", True),
        ("auth", "_clone_abcd", True),
        ("base", "email0000001", False),
        ("view", "_clone_abcd", False),
    ],
)
def test_addresses_are_private_where_people_sign_in(
    kind: str, field_id: str, is_private: bool, posts: Scope
) -> None:
    """Whoever defines a collection gives its fields their ids: those tell nothing."""
    email = {"name": "email", "type": "email", "system": True, "id": field_id}
    defined = Collection.from_json({"id": "people", "name": "people", "type": "auth", "fields": [email]})
    people = replace(defined, type=kind)
    scope = replace(posts, collection=people, catalog=Catalog([people]), is_client=True)
    for text in ("email ~ 'ann'", "email:lower = 'ann'"):
        (test,) = conditions_in(bind(parse(text), scope))
        assert bool(test.shown) is is_private


@pytest.mark.parametrize(("text", "expected"), DECIDED)
def test_decided(text: str, expected: bool, posts: Scope) -> None:
    assert bind(parse(text), posts) == (ALWAYS if expected else NEVER)


def test_what_is_decided_leaves_the_rest(posts: Scope) -> None:
    node = bind(parse("(title = 'x' && 1 = 1) || (n = 2 && 1 = 2)"), posts)
    assert isinstance(node, Condition)
    assert node.right == Constant("x")


def test_the_signed_in_record_is_put_in(posts: Scope, source: MemorySource) -> None:
    ann: Record = source.records["cpeople"][0]
    node = bind(parse("author = @request.auth.id"), replace(posts, request=RequestInfo(auth=ann)))
    assert isinstance(node, Condition)
    assert (type(node.left), node.right) == (Column, Constant("ann"))


@pytest.mark.parametrize(
    "text", ["nosuch = 1", "author.nosuch = 1", "@request.nosuch = 1", "1 = 1 || nosuch = 1"]
)
def test_nothing_is_granted_for_names_that_lead_nowhere(text: str, posts: Scope) -> None:
    with pytest.raises(FilterError):
        bind(parse(text), posts)


def test_hidden_fields_are_for_rules_and_superusers(posts: Scope, source: MemorySource) -> None:
    tree = parse("author.secret = 's'")
    superuser = Record(replace(source.collection("people"), name="_superusers"), {"id": "root"})
    assert bind(tree, posts)
    assert bind(tree, replace(posts, is_client=True, request=RequestInfo(auth=superuser)))
    with pytest.raises(FilterError):
        bind(tree, replace(posts, is_client=True))


def test_a_client_looks_through_list_rules(posts: Scope) -> None:
    node = bind(parse("author.name = 'x'"), replace(posts, is_client=True))
    guarded = [test for test in conditions_in(node) if test.base != posts.root]
    assert [type(test.base) for test in guarded] == [Related]
    assert any(isinstance(part, Or) for part in getattr(node, "parts", ()))
    assert all(test.base == posts.root for test in conditions_in(bind(parse("author.name = 'x'"), posts)))


def test_a_client_does_not_look_where_only_superusers_may(posts: Scope) -> None:
    with pytest.raises(FilterError):
        bind(parse("comments_via_post.name = 'x'"), replace(posts, is_client=True))


@pytest.mark.parametrize("text", ["@request.auth.id = 1", "title = '@collection.x'", "@request."])
def test_reserved_words_are_for_superusers(text: str) -> None:
    with pytest.raises(SuperusersOnly, match="Only superusers can filter by @"):
        check_client_text(text, RequestInfo())


@given(
    comparisons=st.lists(
        st.tuples(
            st.sampled_from(NAMES), st.sampled_from(SIGNS), st.sampled_from([*NAMES, "'x'", "1", "null"])
        )
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_binding_raises_nothing_but_filter_errors(
    comparisons: list[tuple[str, str, str]], posts: Scope
) -> None:
    tree = parse(" && ".join(map(" ".join, comparisons)))
    for scope in (posts, replace(posts, is_client=True)):
        try:
            assert bind(tree, scope) is not None
        except FilterError as error:
            assert error.message
