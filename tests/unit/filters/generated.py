"""Random collections, records, filters and sorts, from small pools of values: much is equal, much is odd."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from hypothesis import strategies as st

from chalicelib.filters import Sort
from chalicelib.filters.sql_text import order_of, to_sql
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

OTHERS_ID, THINGS_ID = "cothers", "cthings"
CHOICES = ["a", "b", "c"]
IDS = ["o1", "o2", "o3"]
LONG = "x" * 1100
TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "Ab",
    "b",
    "b ",
    "1",
    "1.0",
    "2024",
    "é",
    "\x00",
    "\x01",
    "a%",
    "~",
    LONG,
    LONG + "y",
]
NUMBERS = [-2, -0.5, 0, 1, 1.5, 2, 10, 1e21]
DATES = ["", "2024-01-01 00:00:00.000Z", "2024-02-01 12:00:00.000Z", "2024-02-01 12:00:00.001Z"]

FIELDS: list[dict[str, Any]] = [
    {"name": "t", "type": "text", "max": 5000},
    {"name": "u", "type": "text"},
    {"name": "n", "type": "number"},
    {"name": "b", "type": "bool"},
    {"name": "d", "type": "date"},
    {"name": "k", "type": "select", "values": CHOICES},
    {"name": "ks", "type": "select", "values": CHOICES, "maxSelect": 3},
    {"name": "r", "type": "relation", "collectionId": OTHERS_ID},
    {"name": "rs", "type": "relation", "collectionId": OTHERS_ID, "maxSelect": 3},
]
VALUES = {
    "t": st.sampled_from(TEXTS),
    "u": st.sampled_from(["", "u1", "U1", "u2", "u3"]),
    "n": st.sampled_from(NUMBERS),
    "b": st.booleans(),
    "d": st.sampled_from(DATES),
    "k": st.sampled_from(["", *CHOICES]),
    "ks": st.lists(st.sampled_from(CHOICES), max_size=3, unique=True),
    "r": st.sampled_from(["", *IDS]),
    "rs": st.lists(st.sampled_from(IDS), max_size=3, unique=True),
}
PLAIN = ["t", "u", "n", "b", "d", "k", "r"]
RECORDS = st.lists(st.fixed_dictionaries(VALUES), min_size=3, max_size=14)

CONDITIONS = [
    "n > 0",
    "t != ''",
    "b = 1",
    "k = 'a'",
    "t = 'a' AND n >= 1",
    "u IS NOT NULL",
    "n = 1 OR k = 'b'",
]
COLLATIONS = st.sampled_from(["", "", "", " COLLATE NOCASE", " COLLATE RTRIM"])
WHERES = st.sampled_from(["", "", "", *CONDITIONS])


def quoted(text: str) -> str:
    return f"'{text}'"


# The language has no way to write these.
WRITABLE = [quoted(text) for text in TEXTS if text.isprintable()]
CONSTANTS = st.sampled_from([*WRITABLE, *map(str, [-2, -0.5, 0, 1, 1.5, 2, 10])])
STARTS = st.sampled_from(
    ["'a%'", "'A%'", "'2%'", "'1.%'", "'a_%'", "'%b'", "'a'", "'é%'", f"'{LONG}%'", r"'a\%%'"]
)
EQUAL = st.sampled_from(["=", "=", "=", "?=", "!="])
OPERATORS = st.sampled_from(["=", "=", "=", "?=", "!=", ">", ">=", "<", "<=", "~", "!~", "?!=", "?>"])
FITTING = {
    "t": st.sampled_from(WRITABLE),
    "u": st.sampled_from(["'u1'", "'U1'", "'u2'", "''"]),
    "n": st.sampled_from(["1", "2", "0", "-0.5", "'1'"]),
    "b": st.sampled_from(["true", "false", "1", "0"]),
    "d": st.sampled_from([*map(quoted, DATES), "'2024-02-01'"]),
    "k": st.sampled_from(["'a'", "'b'", "''", "null"]),
    "r": st.sampled_from(["'o1'", "'o2'", "''"]),
}


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """Mostly what an index can serve, sometimes anything."""
    kind = draw(st.integers(0, 11))
    if kind <= 5:
        name = draw(st.sampled_from(PLAIN))
        return f"{name} {draw(OPERATORS)} {draw(FITTING[name])}"
    if kind == 6:
        return f"{draw(st.sampled_from(['t', 'u', 'k', 'd', 'n']))} ~ {draw(STARTS)}"
    if kind == 7:
        return f"ks:each {draw(EQUAL)} {draw(st.sampled_from([*WRITABLE[:4], 'null']))}"
    if kind == 8:
        return f"rs.id {draw(EQUAL)} {draw(FITTING['r'])}"
    if kind == 9 and draw(st.integers(0, 3)) == 0:
        return f"(id = 'i{draw(st.integers(0, 20))}' || id = 'i{draw(st.integers(0, 20))}')"
    if kind == 9:
        odd = [
            "r.t",
            "rs.t",
            "t:lower",
            "ks:length",
            "ks",
            "r.id",
            "@collection.others.t",
            "@collection.others.id",
        ]
        return f"{draw(st.sampled_from(odd))} {draw(OPERATORS)} {draw(CONSTANTS)}"
    if kind == 10:
        other = draw(st.sampled_from([*PLAIN, "r.t", "@collection.others.t"]))
        return f"{draw(st.sampled_from(PLAIN))} {draw(OPERATORS)} {other}"
    left, right = draw(CONSTANTS), draw(st.sampled_from(PLAIN))
    return f"{left} {draw(OPERATORS)} {right}" if draw(st.booleans()) else f"{right} {draw(OPERATORS)} {left}"


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(parts, min_size=2, max_size=3)
    return some.map(lambda each: f"({' && '.join(each)})") | some.map(lambda each: f"({' || '.join(each)})")


FILTERS = st.just("") | st.recursive(comparisons(), _joined, max_leaves=5)
SORT_KEYS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from([*PLAIN, "@rowid", "ks"])).map("".join)
SORTS = st.lists(SORT_KEYS, max_size=3, unique_by=lambda key: key.strip("-")).map(",".join)


@dataclass(frozen=True)
class World:
    """What to store and what to ask."""

    indexes: tuple[str, ...]
    records: Sequence[dict[str, Any]]
    filter: str
    sort: str
    per_page: int


@st.composite
def indexes_on(draw: st.DrawFn, favourites: Sequence[str]) -> tuple[str, ...]:
    """Indexes that mostly begin with the same columns."""
    found = []
    for at in range(draw(st.integers(0, 3))):
        names = draw(st.just(favourites) | st.permutations(favourites))[: draw(st.integers(1, 3))]
        names = [*names, *draw(st.lists(st.sampled_from([*PLAIN, "ks"]), max_size=1))]
        columns = [
            f"{name}{draw(COLLATIONS)}{' DESC' if draw(st.booleans()) else ''}"
            for name in dict.fromkeys(names)
        ]
        unique, where = draw(st.integers(0, 3)) == 0, draw(WHERES)
        partial = f" WHERE {where}" if where else ""
        found.append(f"CREATE {'UNIQUE ' * unique}INDEX i{at} ON things ({', '.join(columns)}){partial}")
    return tuple(found)


def written(value: Any) -> str:
    """A value as the language has it; one that cannot be written as another."""
    if isinstance(value, str):
        return quoted(value) if value.isprintable() else "'a'"
    return str(value).lower() if isinstance(value, bool) else f"{value:.12f}".rstrip("0").rstrip(".")


# What is known of other records, which TEXTS[1:] belong to, and of the record by them.
LINKING = st.sampled_from(
    [
        "r.t = 'A'",
        "r.t ?= 'a'",
        "r.t = ''",
        "r.t != 'a'",
        "r.t ~ 'a%' && r.t >= 'a'",
        "rs.t ?= 'ab'",
        "@collection.others.t ?= 'A' && @collection.others.id ?= r",
        "r = @collection.others.id && @collection.others.t ?= 'ab'",
        "@collection.others.t ?= t && @collection.others.id ?= 'o1'",
        "@collection.others.t ?= 'a' && @collection.others:x.id ?= r",
    ]
)


@st.composite
def narrow_filters(draw: st.DrawFn, favourites: Sequence[str], record: dict[str, Any]) -> str:
    """What an index on these columns serves, and what this record satisfies, mostly."""
    known = draw(st.integers(0, len(favourites)))
    parts = [f"{name} = {written(record[name])}" for name in favourites[:known]]
    for name in favourites[known : known + 1]:
        ends = st.sampled_from([">", ">=", "<", "<="])
        parts += [
            f"{name} {end} {written(value)}"
            for end, value in draw(st.lists(st.tuples(ends, VALUES[name]), max_size=2))
        ]
        parts += [f"{name} ~ {draw(STARTS)}"] if draw(st.integers(0, 3)) == 0 else []
    parts += [f"ks:each ?= '{record['ks'][0]}'"] if record["ks"] and draw(st.integers(0, 5)) == 0 else []
    parts += [f"(id = 'i0' || id = 'i{draw(st.integers(0, 9))}')"] if draw(st.integers(0, 7)) == 0 else []
    parts += [draw(LINKING)] if draw(st.integers(0, 3)) == 0 else []
    parts += draw(st.lists(comparisons(), max_size=1)) if draw(st.integers(0, 2)) == 0 else []
    return " && ".join(parts)


@st.composite
def served(draw: st.DrawFn, index: str, record: dict[str, Any]) -> tuple[str, str]:
    """A filter and a sort for which an index is made: equal, equal, between, in order."""
    columns = [column.split()[0] for column in index.partition("(")[2].partition(")")[0].split(",")]
    plain = list(takewhile(PLAIN.__contains__, columns))
    known = draw(st.integers(0, len(plain)))
    parts = [f"{name} = {written(record[name])}" for name in plain[:known]]
    for name in plain[known : known + 1] if draw(st.booleans()) else []:
        low, high = draw(st.tuples(VALUES[name], VALUES[name]))
        if name in ("t", "u", "k") and draw(st.booleans()):
            return " && ".join([*parts, f"{name} ~ {draw(STARTS)}"]), ""
        parts += [f"{name} >= {written(low)}", f"{name} < {written(high)}"][draw(st.integers(0, 1)) :]
    sign = draw(st.sampled_from(["", "-"]))
    return " && ".join(parts), ",".join(sign + name for name in plain[known:])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    favourites = draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3, unique=True))
    records = draw(RECORDS)
    narrow = narrow_filters(favourites, records[0])
    several = st.lists(narrow, min_size=2, max_size=3).map(
        lambda parts: " || ".join(f"({part})" for part in parts if part)
    )
    asked = draw(st.sampled_from([narrow, narrow, narrow, several, FILTERS]))
    sign = draw(st.sampled_from(["", "-"]))
    liked = [sign + name for name in favourites[draw(st.integers(0, 2)) :]]
    sort = draw(st.just(",".join(liked)) | SORTS)
    indexes, per_page = draw(indexes_on(favourites)), draw(st.integers(1, 6))
    if indexes and draw(st.integers(0, 2)) == 0:
        return World(indexes, records, *draw(served(draw(st.sampled_from(indexes)), records[0])), per_page)
    return World(indexes, records, draw(asked), sort, per_page)


def without_equals(collection: Collection, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records that unique indexes let in, one after the other."""
    taken: set[Any] = set()
    let_in = []
    for values in records:
        keys = {(index.name, index.key_of(values)) for index in collection.unique_indexes}
        keys = {key for key in keys if key[1] is not None}
        if not keys & taken:
            taken |= keys
            let_in.append(values)
    return let_in


def keys_of(record: Record, sort: Sort) -> list[Any]:
    """What a sort goes by; every name in it is a column's, or the rowid."""
    values = {**record.values, "@rowid": record.rowid}
    return [order_of(to_sql(values[order.name])) for order in sort.orders]
