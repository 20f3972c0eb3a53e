"""What of the log is read for a filter: enough, and no more than its conjunction says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.clock import to_text
from chalicelib.collections.list import NoRecords
from chalicelib.filters import Node, bind, matches, parse_client_filter
from chalicelib.filters.scope import Scope
from chalicelib.logs.query import TABLE
from chalicelib.logs.span import milliseconds_of, narrow
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage.request_logs import Span, first_id, new_log_id

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ALL = Span("", "zzzzzzzzz")


def bound(text: str) -> Node:
    return bind(parse_client_filter(text), Scope(TABLE, NoRecords.catalog, RequestInfo(), NOW))


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def span(low: str | None = None, end: str | None = None) -> Span:
    return Span(first_id(at(low)) if low else "", first_id(at(end) + 1) if end else ALL.end)


CASES = [
    ("", ALL),
    ("level > 0", ALL),
    ("created > '2026-01-31'", span("2026-01-31")),
    ("created >= '2026-01-31 09:30:00.000Z'", span("2026-01-31T09:30")),
    ("'2026-01-31' < created", span("2026-01-31")),
    ("created < '2026-01-31'", span(end="2026-01-31")),
    ("created >= '2026-01-30' && created <= '2026-01-31'", span("2026-01-30", "2026-01-31")),
    ("level > 0 && (created > '2026' && message ~ 'a')", span("2026-01-01")),
    ("created = '2026-01-31 09:30:00.000Z'", span("2026-01-31T09:30", "2026-01-31T09:30")),
    ("created < @now", span(end="2026-01-31T12:00")),
    ("created > '2026-01-31' || level > 0", ALL),
    ("created != '2026-01-31'", ALL),
    ("created ~ '2026-01-31'", ALL),
    ("created ?> '2026-01-31'", span("2026-01-31")),
    ("message > '2026-01-31'", ALL),
    ("created > '2026-1'", ALL),
    ("created > '202'", ALL),
    ("created > '2026-02-31'", ALL),
    ("created > 'soon'", ALL),
    ("created > '2026-01-31T09:30:00.000Z'", ALL),
    ("created > '2026-01-31 09:30:00.000Z and more'", ALL),
    ("created > 5", ALL),
    ("created > level", ALL),
    ("id = 'abc'", Span("abc", "abc")),
    (f"id = '{'x' * 3000}'", Span("x" * 15, "x" * 15)),
    ("id > 'é'", ALL),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_narrow(text: str, expected: Span) -> None:
    assert narrow(ALL, bound(text)) == expected


@pytest.mark.parametrize("text", ["1 = 2", "created > '2030' && created < '2020'", "created > '9999-12-31'"])
def test_nothing_can_match(text: str) -> None:
    kept = Span(first_id(at("2026-01-01")), first_id(at("2026-12-31")))
    found = narrow(kept, bound(text))
    assert found.low == found.end


def test_what_is_not_kept_is_never_read() -> None:
    kept = Span(first_id(at("2026-01-01")), first_id(at("2026-12-31")))
    assert narrow(kept, bound("created > '2000' && created < '2050'")) == kept


MOMENTS = st.integers(at("1970-01-01"), at("2200-01-01"))
TEXTS = st.one_of(
    MOMENTS.map(lambda moment: to_text(datetime.fromtimestamp(moment / 1000, UTC))),
    st.text("0123456789-: .TZ"),
)


@examples(max_examples=150)
@given(TEXTS, st.integers(0, 24), st.sampled_from(["<", "<=", ">", ">=", "="]), MOMENTS)
def test_whatever_matches_is_read(text: str, length: int, operator: str, moment: int) -> None:
    where = bound(f"created {operator} '{text[:length]}'")
    created = to_text(datetime.fromtimestamp(moment / 1000, UTC))
    row = Record(TABLE, {"id": new_log_id(moment), "created": created, "level": 0, "message": "", "data": {}})
    if matches(where, row, NoRecords()):
        found = narrow(ALL, where)
        assert found.low <= row.id <= found.end


@examples(max_examples=50)
@given(MOMENTS, st.integers(4, 24))
def test_a_cut_text_is_no_later_than_the_whole(moment: int, length: int) -> None:
    found = milliseconds_of(to_text(datetime.fromtimestamp(moment / 1000, UTC))[:length])
    assert found is None or found <= moment
