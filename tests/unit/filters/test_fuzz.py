"""Any text at all is understood or refused, soon, and what is understood can be planned, read and sorted."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.filters import (
    FilterError,
    Scope,
    TooManyTrials,
    Trials,
    bind,
    bind_sort,
    make_plan,
    matching,
    ordered,
    parse_client_filter,
    parse_sort,
)
from chalicelib.filters.links import find_links
from chalicelib.filters.suggest import suggest_anywhere
from tests.unit.filters.world import MemorySource

NAMES = [
    "id",
    "title",
    "n",
    "j.a.0",
    "tags",
    "tags.id",
    "author.name",
    "author.boss.name",
    "sels:each",
    "sels:length",
]
NAMES += [
    "comments_via_post.text",
    "@collection.tags.name",
    "@collection.tags:x.name",
    "@request.auth.id",
    "@now",
    "nope",
]
VALUES = ["1", "-1.5", "1e400", "'a'", "'%'", "'\\\\'", '"b"', "null", "true", "''", "'\U0001f600'", "9" * 40]
OPERATORS = ["=", "!=", ">", "<=", "~", "!~", "?=", "?!=", "?~", "?>", "==", "="]
JOINTS = [
    " && ",
    " || ",
    "&&",
    "||",
    " ",
    " // x\n",
    "(",
    ")",
    "((",
    "))",
    ",",
    "strftime('%Y',",
    "geoDistance(",
]
PIECES = st.sampled_from([*NAMES, *VALUES, *OPERATORS, *JOINTS]) | st.text(max_size=3)
TEXTS = st.lists(PIECES, max_size=24).map("".join)
TESTS = st.tuples(st.sampled_from(NAMES), st.sampled_from(OPERATORS), st.sampled_from([*VALUES, *NAMES]))
SENSIBLE = st.lists(TESTS.map(" ".join), min_size=1, max_size=6).flatmap(
    lambda parts: st.sampled_from([" && ", " || ", ") && (", ") || ("]).map(
        lambda joint: f"({joint.join(parts)})"
    )
)
SORTS = st.lists(st.sampled_from(["", "-", "+", "--"]), max_size=3).flatmap(
    lambda signs: st.lists(st.sampled_from([*NAMES, "@rowid", "@random", ""]), max_size=3).map(
        lambda names: ",".join(sign + name for sign, name in zip(signs, names, strict=False))
    )
)


@settings(max_examples=500)
@given(text=TEXTS | SENSIBLE, sort=SORTS)
def test_any_text(text: str, sort: str, source: MemorySource, posts: Scope) -> None:
    play(text, sort, replace(posts, is_client=len(text) % 2 == 0), source)


HOSTILE = {
    "deep": "(" * 1000 + "n = 1" + ")" * 1000,
    "wide": " && ".join(["n = 1"] * 199),
    "many branches": " || ".join(f"id = 'a{at}'" for at in range(190)),
    "branches of branches": "("
    + ") && (".join(" || ".join(["n = 1", "title = 'a'"] * 4) for _ in range(20))
    + ")",
    "many links": " && ".join(f"author.boss.name = 'a{at}'" for at in range(90)),
    "long path": "author." + "boss." * 600 + "name = 'a'",
    "many others": " && ".join(f"@collection.tags:x{at}.name ?= title" for at in range(60)),
    "long text": "title ~ '" + "%a" * 1600 + "'",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text(text: str, source: MemorySource, posts: Scope) -> None:
    play(text, "-n,author.name", posts, source)


def play(text: str, sort_text: str, scope: Scope, source: MemorySource) -> None:
    """All that a list does with its texts: nothing but the two refusals comes out."""
    source.trials = Trials()
    try:
        node = bind(parse_client_filter(text), scope)
        sort = bind_sort(parse_sort(sort_text), scope)
        plan = make_plan(node, sort, scope.collection)
        suggest_anywhere(node, sort, scope.collection, scope.catalog)
        assert len(list(find_links(node, scope.collection, scope.catalog))) <= 200
        ordered(matching(plan.rest, source.read(scope.collection, plan.access), source), plan.sort, source)
    except (FilterError, TooManyTrials):
        pass
