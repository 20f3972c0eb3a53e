"""Reading the requests' log: a page, one line, how many there were in each hour."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.collections.list import FOREIGN, NoRecords, names_in
from chalicelib.config import get_config
from chalicelib.errors import BadRequest, NotFound
from chalicelib.filters import (
    ALWAYS,
    FilterError,
    Node,
    Sort,
    bind,
    bind_sort,
    matching,
    ordered,
    parse_client_filter,
    parse_sort,
)
from chalicelib.filters.scope import Scope
from chalicelib.logs.kept import kept_span
from chalicelib.logs.span import narrow
from chalicelib.paging import Page, PageRequest, take_page
from chalicelib.records.totals import take_page_and_count
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.request_logs import Span, StoredLog, count_logs, find_log, read_logs

# The columns of PocketBase's own table of logs.
COLUMNS = {"id": "text", "created": "date", "data": "json", "message": "text", "level": "number"}
TABLE = Collection.from_json({"fields": [{"name": name, "type": kind} for name, kind in COLUMNS.items()]})
DATA = "data."
HOUR = len("2026-01-31 09")
UNREADABLE_FILTER = "Invalid filter format."
TOO_MANY = (
    "The request would examine more than {} lines of the log. Ask for a shorter time by a filter on created,"
    " leave out the sort or use skipTotal, or raise QUOLL_QUERY_BUDGET"
)
# Ids sort as moments do, so these orders are the one in which the log is read.
IN_ORDER = frozenset({"@rowid", "created", "id"})


def list_logs(wanted: PageRequest) -> dict[str, Any]:
    """A page of the log. Raises BadRequest."""
    if not wanted.is_readable:
        raise BadRequest()
    with _refusals_as_answers():
        where, sort = _bound(wanted.filter), bind_sort(_checked(parse_sort(wanted.sort)), _scope())
        page = _take(where, sort, wanted, Budget(get_config().query_budget))
    page.items[:] = [dict(row.values) for row in page.items]
    return page.to_json()


def view_log(log_id: str) -> dict[str, Any]:
    """One line. Raises NotFound."""
    kept, found = kept_span(), find_log(log_id)
    if found is None or found.id < kept.low:
        raise NotFound()
    return dict(_row_of(found).values)


def count_by_hour(filter_text: str) -> list[dict[str, Any]]:
    """How many lines each hour has that match, the hours in order. Raises BadRequest."""
    with _refusals_as_answers(UNREADABLE_FILTER):
        where = _bound(filter_text)
        rows = _read(where, narrow(kept_span(), where), Budget(get_config().query_budget))
        totals = Counter(row.values["created"][:HOUR] for row in rows)
    return [{"date": f"{hour}:00:00.000Z", "total": totals[hour]} for hour in sorted(totals)]


@contextmanager
def _refusals_as_answers(unreadable: str = "") -> Iterator[None]:
    """What keeps a question from being answered is told: `unreadable`, or how to ask for less."""
    try:
        yield
    except FilterError as error:
        raise BadRequest(unreadable) from error
    except BudgetExceeded as error:
        raise BadRequest(TOO_MANY.format(error.limit)) from error


def _scope() -> Scope:
    return Scope(TABLE, NoRecords.catalog, RequestInfo(), clock.now())


def _bound(text: str) -> Node:
    tree = parse_client_filter(text)
    for name in names_in(tree):
        _check(name)
    return bind(tree, _scope())


def _checked(sort: Sort) -> Sort:
    for order in sort.orders:
        _check(order.name)
    return sort


def _check(name: str) -> None:
    """No modifiers, but within the names of `data` a colon means nothing."""
    if name.startswith(FOREIGN) or (":" in name and not name.startswith(DATA)):
        raise FilterError(f"{name} is no column of the log")


def _take(where: Node, sort: Sort, wanted: PageRequest, budget: Budget) -> Page:
    span = narrow(kept_span(), where)
    if len(sort.orders) > 1 or any(order.name not in IN_ORDER for order in sort.orders):
        return take_page(ordered(_read(where, span, budget), sort, NoRecords()), wanted)
    span = replace(span, backwards=any(order.is_descending for order in sort.orders))
    if where == ALWAYS:
        return _take_of_all(span, wanted, budget)
    return take_page_and_count(_read(where, span, budget), wanted)


def _take_of_all(span: Span, wanted: PageRequest, budget: Budget) -> Page:
    """A page of everything; unless it is the last, the rest is counted where it is."""
    first = wanted.first + wanted.per_page + 1
    page = take_page(map(_row_of, read_logs(span, budget, first)), replace(wanted, skip_total=True))
    if wanted.skip_total:
        return page
    if len(page.items) < wanted.per_page and (page.items or wanted.first == 0):
        return page.with_total(wanted.first + len(page.items))
    try:
        return page.with_total(count_logs(span, budget))
    except BudgetExceeded:
        return page


def _read(where: Node, span: Span, budget: Budget) -> Iterator[Record]:
    return iter(matching(where, map(_row_of, read_logs(span, budget)), NoRecords()))


def _row_of(log: StoredLog) -> Record:
    """A line as a record, its values in the order in which PocketBase shows them."""
    shown = {"id": log.id, "created": log.created, "data": log.data}
    return Record(TABLE, {**shown, "message": log.message, "level": log.level}, rowid=log.id)
