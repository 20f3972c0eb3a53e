"""Which slot, edge or union a filter and a sort lead to, in what order it comes, what would serve better."""

from dataclasses import replace

import pytest

from chalicelib.filters import Plan, Scope, bind, bind_sort, make_plan, parse, parse_sort, suggest_index
from chalicelib.filters.sentences import access_as_data, plan_as_sentence
from chalicelib.filters.words import plan_in_words
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.changes import with_access
from chalicelib.schema.collection import Collection
from chalicelib.schema.slots import BUILDING
from tests.unit.filters.conftest import NOW, define, relation

FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "n", "type": "number"},
    {"name": "on", "type": "bool"},
    {"name": "at", "type": "date"},
    {"name": "kind", "type": "select", "values": ["a", "b"]},
    {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
    {"name": "data", "type": "json"},
    {"name": "place", "type": "geoPoint"},
]


def things(*columns: str, more: tuple[dict[str, object], ...] = ()) -> Collection:
    """The collection with an index on each of these lists of columns."""
    indexes = [f"CREATE INDEX i{at} ON things {each}" for at, each in enumerate(columns)]
    return with_access(define("things", *FIELDS, *more, indexes=indexes), None)


def plan_for(text: str, sort: str, collection: Collection) -> Plan:
    scope = Scope(collection, Catalog([collection]), RequestInfo(), NOW)
    return make_plan(bind(parse(text), scope), bind_sort(parse_sort(sort), scope), collection)


EQUALITIES = [
    # filter, sort, indexes, plan
    ("title = 'x'", "", ["(title)"], "gsi2(title=) filtered"),
    ("'x' = title", "", ["(title)"], "gsi2(title=) filtered"),
    ("title ?= 'x'", "", ["(title)"], "gsi2(title=) filtered"),
    ("title = ''", "", ["(title)"], "gsi2(title=) filtered"),
    ("title = null", "", ["(title)"], "gsi2(title=) filtered"),
    ("title = 1", "", ["(title)"], "gsi2(title=) filtered"),
    ("title = 'x'", "-@rowid", ["(title)"], "-gsi2(title=) filtered"),
    ("n = 1", "", ["(n)"], "gsi2(n=) filtered"),
    ("n = '1'", "", ["(n)"], "gsi2(n=) filtered"),
    ("n = 'x'", "", ["(n)"], "rowid filtered"),
    ("n = ''", "", ["(n)"], "rowid filtered"),
    ("n = null", "", ["(n)"], "rowid filtered"),
    ("title = 'x'", "", ["(title COLLATE NOCASE)"], "gsi2(title=) filtered"),
    ("title = 'x'", "", ["(title COLLATE RTRIM)"], "gsi2(title=) filtered"),
    ("title != 'x'", "", ["(title)"], "rowid filtered"),
    ("title = kind", "", ["(title)"], "rowid filtered"),
    ("title:lower = 'x'", "", ["(title)"], "rowid filtered"),
    ("title = 'x' || n = 1", "", ["(title)"], "rowid filtered"),
    ("title = 'x' && n = 1", "", ["(title)", "(title, n)"], "gsi3(title=,n=) filtered"),
    ("n = 1", "", ["(title, n)"], "rowid filtered"),
    ("tags = 'x'", "", ["(tags)"], "rowid filtered"),
    ("data = 'x'", "", ["(data)"], "rowid filtered"),
    ("place.lon = 1", "", ["(place)"], "rowid filtered"),
    ("title = 'x' && data = 'x'", "", ["(title, data)"], "gsi2(title=,data) filtered"),
]
RANGES = [
    ("n > 1", "", ["(n)"], "gsi2(n~) filtered"),
    ("n > 1", "@rowid", ["(n)"], "gsi2(n~) filtered sorted"),
    ("1 < n", "n", ["(n)"], "gsi2(n~) filtered"),
    ("n > 1 && n <= 5", "-n", ["(n)"], "-gsi2(n~) filtered"),
    ("n > 'x'", "", ["(n)"], "rowid filtered"),
    ("n > null", "", ["(n)"], "rowid filtered"),
    ("at >= '2024-01-01' && at < '2024-02-01'", "at", ["(at)"], "gsi2(at~) filtered"),
    ("at >= @todayStart", "-at", ["(at)"], "-gsi2(at~) filtered"),
    ("title > 'x'", "title", ["(title COLLATE NOCASE)"], "rowid filtered sorted"),
    ("title > 'x'", "title", ["(title COLLATE RTRIM)"], "rowid filtered sorted"),
    ("kind = 'a' && n > 1", "n", ["(kind)", "(kind, n)", "(n)"], "gsi3(kind=,n~) filtered"),
    ("n > 1 && kind = 'a'", "", ["(n, kind)"], "gsi2(n~,kind) filtered"),
    ("title ~ 'abc%'", "", ["(title COLLATE NOCASE)"], "gsi2(title~) filtered"),
    ("title ~ 'abc%'", "", ["(title)"], "rowid filtered"),
    ("title ~ '2024-x%'", "title", ["(title)"], "gsi2(title~) filtered"),
    ("title ~ 'abc'", "", ["(title COLLATE NOCASE)"], "rowid filtered"),
    ("title ~ '%abc'", "", ["(title COLLATE NOCASE)"], "rowid filtered"),
    ("title !~ 'abc%'", "", ["(title COLLATE NOCASE)"], "rowid filtered"),
    ("n ~ '1%'", "", ["(n)"], "rowid filtered"),
]
SORTS = [
    ("", "n", ["(n)"], "gsi2(n)"),
    ("", "-n", ["(n)"], "-gsi2(n)"),
    ("", "-n", ["(n DESC)"], "-gsi2(n)"),
    ("", "n,title", ["(n, title)"], "gsi2(n,title)"),
    ("", "n,-title", ["(n, title)"], "rowid sorted"),
    ("", "n,-title", ["(n, title DESC)"], "rowid sorted"),
    ("", "n,title", ["(n)"], "rowid sorted"),
    ("", "n,@rowid", ["(n)"], "gsi2(n)"),
    ("", "n,-@rowid", ["(n)"], "rowid sorted"),
    ("", "n,@rowid,title", ["(n)"], "gsi2(n)"),
    ("", "n,@rowid", ["(n, title)"], "rowid sorted"),
    ("", "@random", ["(n)"], "rowid sorted"),
    ("", "title", ["(title COLLATE NOCASE)"], "rowid sorted"),
    ("", "title:lower", ["(title COLLATE NOCASE)"], "rowid sorted"),
    ("", "tags", ["(tags)"], "rowid sorted"),
    ("", "data", ["(data)"], "rowid sorted"),
    ("kind = 'a'", "-n", ["(kind)", "(kind, n)"], "-gsi3(kind=,n) filtered"),
    ("kind = 'a'", "kind,-n", ["(kind, n)"], "-gsi2(kind=,n) filtered"),
    ("kind = 'a'", "-kind", ["(kind)"], "gsi2(kind=) filtered"),
    ("kind = 'a'", "", ["(kind, n)"], "gsi2(kind=,n) filtered"),
    ("kind = 'a'", "@rowid", ["(kind, n)"], "gsi2(kind=,n) filtered sorted"),
    ("title != 'x'", "-n", ["(n)"], "-gsi2(n) filtered"),
    ("", "", ["(n)"], "rowid"),
    ("", "-@rowid", ["(n)"], "-rowid"),
]
# Whether something is on says little: half of all records may be.
BOOLEANS = [
    ("on = true", "", ["(on)"], "gsi2(on=) filtered"),
    ("on = true", "-n", ["(on)", "(n)"], "-gsi3(n) filtered"),
    ("on = true", "-n", ["(n)", "(on, n)"], "-gsi3(on=,n) filtered"),
    ("on = true", "", ["(on, n)"], "gsi2(on=,n) filtered"),
    ("on = true", "@rowid", ["(on, n)"], "rowid filtered"),
    ("on = true && kind = 'a'", "", ["(on)", "(kind)"], "gsi3(kind=) filtered"),
]
PARTIAL = [
    ("title = 'x'", "", ["(title) WHERE n > 0"], "rowid filtered"),
    ("title = 'x' && n = 1", "", ["(title) WHERE n > 0"], "gsi2(title=) filtered"),
    ("title = 'x' && n = 0", "", ["(title) WHERE n > 0"], "rowid filtered"),
    ("title = 'x'", "", ["(title) WHERE title != ''"], "gsi2(title=) filtered"),
    ("title = ''", "", ["(title) WHERE title != ''"], "rowid filtered"),
    ("on = true", "-n", ["(n) WHERE `on` = 1"], "-gsi2(n) filtered"),
    ("", "n", ["(n) WHERE n > 0"], "rowid sorted"),
]
UNIONS = [
    ("title = 'x' || n = 1", "", ["(title)", "(n)"], "union(gsi2(title=), gsi3(n=)) filtered sorted"),
    (
        "(title = 'x' || n = 1) && on = true",
        "",
        ["(title)", "(n)"],
        "union(gsi2(title=), gsi3(n=)) filtered sorted",
    ),
    ("id = 'a' || title = 'x'", "", ["(title)"], "union(1 ids, gsi2(title=)) filtered sorted"),
    ("title = 'x' || n > 1", "", ["(title)", "(n)"], "union(gsi2(title=), gsi3(n~)) filtered sorted"),
    ("title = 'x' || n > 1", "-at", ["(title)", "(n)", "(at)"], "-gsi4(at) filtered"),
    (
        "title = 'x' || n = 1",
        "-at",
        ["(title)", "(n)", "(at)"],
        "union(gsi2(title=), gsi3(n=)) filtered sorted",
    ),
    ("(title = 'x' || n = 1) && kind = 'a'", "", ["(title)", "(n)", "(kind)"], "gsi4(kind=) filtered"),
    ("title = 'x' || title = 'x'", "", ["(title)"], "union(gsi2(title=)) filtered sorted"),
    (
        "title = 'x' || (n = 1 && on = true)",
        "",
        ["(title)", "(n)"],
        "union(gsi2(title=), gsi3(n=)) filtered sorted",
    ),
    (" || ".join(f"n = {n}" for n in range(17)), "", ["(n)"], "rowid filtered"),
]
EDGES = [
    ("tags:each ?= 'a'", "", [], "edge(tags) filtered"),
    ("tags:each = 'a'", "-@rowid", [], "-edge(tags) filtered"),
    ("'a' ?= tags:each", "n", [], "edge(tags) filtered sorted"),
    ("tags:each ?= 'a' && title = 'x'", "", ["(title)"], "edge(tags) filtered"),
    ("tags ~ 'a'", "", [], "rowid filtered"),
    ("tags:each ?~ 'a'", "", [], "rowid filtered"),
    ("tags:each ?= ''", "", [], "rowid filtered"),
    ("tags:each ?= 1", "", [], "rowid filtered"),
    ("tags:each ?!= 'a'", "", [], "rowid filtered"),
    ("kind:each ?= 'a'", "", [], "rowid filtered"),
    ("tags:length = 1", "", [], "rowid filtered"),
]
ALL = [*EQUALITIES, *RANGES, *SORTS, *BOOLEANS, *PARTIAL, *UNIONS, *EDGES]


@pytest.mark.parametrize(("text", "sort", "indexes", "words"), ALL)
def test_plan(text: str, sort: str, indexes: list[str], words: str) -> None:
    assert plan_in_words(plan_for(text, sort, things(*indexes))) == words


@pytest.mark.parametrize(("text", "sort", "indexes", "words"), [row for row in ALL if "gsi" in row[3]])
def test_what_is_building_is_not_used(text: str, sort: str, indexes: list[str], words: str) -> None:
    ready = things(*indexes)
    building = replace(ready, slots=tuple(replace(slot, state=BUILDING) for slot in ready.slots))
    assert "gsi" not in plan_in_words(plan_for(text, sort, building))


RELATED = [
    ("author = 'x'", "gsi2(author=) filtered"),
    ("author.id = 'x'", "gsi2(author=) filtered"),
    ("author.title = 'x'", "rowid filtered"),
    ("others.id ?= 'x'", "edge(others) filtered"),
    ("others.id = 'x'", "edge(others) filtered"),
    ("others.title ?= 'x'", "rowid filtered"),
    ("others.author ?= 'x'", "rowid filtered"),
    ("others.others.id ?= 'x'", "rowid filtered"),
]


@pytest.mark.parametrize(("text", "words"), RELATED)
def test_relations_have_slots_and_edges_of_their_own(text: str, words: str) -> None:
    more = (relation("author", "cthings"), relation("others", "cthings", 9))
    assert plan_in_words(plan_for(text, "", things(more=more))) == words


# Whether everything that is read will match, so that a page of it is a page of the answer.
COMPLETE = [
    ("", "n", ["(n)"], True),
    ("title = 'x'", "", ["(title)"], True),
    ("title = 'x' && n > 1", "n", ["(title, n)"], True),
    ("n > 1 && n > 2 && n <= 5", "n", ["(n)"], True),
    ("title ~ 'abc%'", "title", ["(title COLLATE NOCASE)"], True),
    ("title ~ 'a%c'", "title", ["(title COLLATE NOCASE)"], False),
    ("title ~ '1a%'", "title", ["(title)"], False),
    ("title = 'x' && n != 1", "", ["(title)"], False),
    ("title = 'x' && title != 'y'", "", ["(title)"], False),
    ("title = 'x' || title = 'y'", "", ["(title)"], False),
    ("tags:each ?= 'a'", "", [], True),
    ("tags:each ?= 'a' && n = 1", "", [], False),
]


@pytest.mark.parametrize(("text", "sort", "indexes", "is_all"), COMPLETE)
def test_whether_what_is_read_will_match(text: str, sort: str, indexes: list[str], is_all: bool) -> None:
    assert plan_for(text, sort, things(*indexes)).is_all == is_all


ENDS = [
    ("1 < n && 2 >= n", {"low": {"value": 1, "inclusive": False}, "high": {"value": 2, "inclusive": True}}),
    ("n > 1 && n > 2 && n >= 2", {"low": {"value": 2, "inclusive": False}}),
    ("n < 3 && n <= 3 && n < 4.5", {"high": {"value": 3, "inclusive": False}}),
    (
        "n >= 1.5 && n < '2'",
        {"low": {"value": 1.5, "inclusive": True}, "high": {"value": 2, "inclusive": False}},
    ),
]


@pytest.mark.parametrize(("text", "ends"), ENDS)
def test_ends_of_a_range(text: str, ends: dict[str, object]) -> None:
    data = access_as_data(plan_for(text, "n", things("(n)")).access)
    assert data["range"] == {"column": "n", **ends}


SUGGESTIONS = [
    ("title = 'x'", "", [], "CREATE INDEX `idx_things_title` ON `things` (`title`)"),
    ("title = 'x'", "", ["(title)"], ""),
    ("", "-n", [], "CREATE INDEX `idx_things_n` ON `things` (`n`)"),
    (
        "kind = 'a'",
        "-n",
        [],
        "CREATE INDEX `idx_things_kind_n` ON `things` (`kind`, `n`)",
    ),
    ("title ~ 'abc%'", "", [], "CREATE INDEX `idx_things_title` ON `things` (`title` COLLATE NOCASE)"),
    ("title ~ 'abc'", "", [], ""),
    ("id = 'a'", "", [], ""),
    ("", "", [], ""),
    ("tags:each ?= 'a'", "", [], ""),
    ("title = 'x' || n = 1", "", ["(n)"], "CREATE INDEX `idx_things_title` ON `things` (`title`)"),
    (
        "title = 'x' || n = 1",
        "",
        [],
        "CREATE INDEX `idx_things_title` ON `things` (`title`); "
        "CREATE INDEX `idx_things_n` ON `things` (`n`)",
    ),
    ("data = 'x'", "data", [], ""),
]


@pytest.mark.parametrize(("text", "sort", "indexes", "statement"), SUGGESTIONS)
def test_suggestion(text: str, sort: str, indexes: list[str], statement: str) -> None:
    collection = things(*indexes)
    scope = Scope(collection, Catalog([collection]), RequestInfo(), NOW)
    node, bound = bind(parse(text), scope), bind_sort(parse_sort(sort), scope)
    assert suggest_index(node, bound, collection) == statement


@pytest.mark.parametrize(("text", "sort", "indexes", "statement"), SUGGESTIONS)
def test_a_suggestion_is_used_once_it_is_there(
    text: str, sort: str, indexes: list[str], statement: str
) -> None:
    after = [each.partition("`things` ")[2] for each in statement.split("; ") if each]
    collection = things(*indexes, *after)
    scope = Scope(collection, Catalog([collection]), RequestInfo(), NOW)
    assert suggest_index(bind(parse(text), scope), bind_sort(parse_sort(sort), scope), collection) == ""
    if statement:
        assert "gsi" in plan_in_words(plan_for(text, sort, collection))


FULL_PAGE = "stop when the page is full: they come in the order that is asked for."
SENTENCES = [
    (
        "",
        "",
        [],
        f"Read all records, the oldest first; {FULL_PAGE}",
    ),
    (
        "data = 1",
        "-n",
        [],
        "Read all records, the oldest first; test the filter on each record; sort all that match.",
    ),
    (
        "title = 'x' && n > 1",
        "-n",
        ["(title, n)"],
        "Read what is in the index i0 where title is known and n is in a range, backwards; "
        f"test the filter on each record; {FULL_PAGE}",
    ),
]


@pytest.mark.parametrize(("text", "sort", "indexes", "sentence"), SENTENCES)
def test_sentence(text: str, sort: str, indexes: list[str], sentence: str) -> None:
    assert plan_as_sentence(plan_for(text, sort, things(*indexes))) == sentence
