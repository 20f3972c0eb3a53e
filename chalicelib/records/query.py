"""Reading records: a page of a list, and one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, Forbidden
from chalicelib.filters import (
    ALWAYS,
    FilterError,
    InInsertionOrder,
    Node,
    Plan,
    Sort,
    SuperusersOnly,
    bind,
    bind_sort,
    both,
    check_client_text,
    make_plan,
    matching,
    ordered,
    parse_client_filter,
    parse_sort,
)
from chalicelib.filters.scope import Scope
from chalicelib.paging import Page, PageRequest, take_page
from chalicelib.records.access import bind_rule, open_collection, require_allowed, scope_of
from chalicelib.records.present import present
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.records import count_after, find_record, read

# How many records are read first when a filter decides how many will do.
FIRST_PORTION = 200


@dataclass(frozen=True)
class Question:
    """A list request, understood: which records, in which order."""

    collection: Collection
    where: Node
    sort: Sort


@refusals_as_answers()
def list_records(name: str, request: RequestInfo, wanted: PageRequest) -> Page:
    """One page of the records that this request may see."""
    related = RelatedRecords(get_catalog_with(name))
    collection = open_collection(related.catalog, name, "list", request)
    if not wanted.is_readable:
        raise BadRequest()
    question = _understand(collection, request, wanted, related)
    page = _answer(question, wanted, related)
    page.items[:] = present(page.items, request, related)
    return page


@refusals_as_answers()
def view_record(name: str, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """One record, consistently read."""
    related = RelatedRecords(get_catalog_with(name))
    collection = open_collection(related.catalog, name, "view", request)
    record = require_allowed(find_record(collection, record_id), "view", request, related)
    return present([record], request, related)[0]


def _understand(
    collection: Collection, request: RequestInfo, wanted: PageRequest, related: RelatedRecords
) -> Question:
    """The list rule and the client's filter and sort, bound."""
    scope = scope_of(collection, request, related)
    asked = Scope(collection, related.catalog, request, scope.now, is_client=True)
    try:
        rule = bind_rule(collection.list_rule, scope)
        check_client_text(wanted.filter, request)
        check_client_text(wanted.sort, request)
        where = both(rule, bind(parse_client_filter(wanted.filter), asked))
        return Question(collection, where, bind_sort(parse_sort(wanted.sort), asked))
    except SuperusersOnly as error:
        raise Forbidden(error.message) from error
    except FilterError as error:
        raise BadRequest() from error


def _answer(question: Question, wanted: PageRequest, related: RelatedRecords) -> Page:
    plan = make_plan(question.where, question.sort, question.collection)
    read_now = read(question.collection, plan, related.budget, _first_portion(plan, wanted))
    if plan.rest == ALWAYS and isinstance(plan.access, InInsertionOrder) and plan.in_order:
        return _take_page_of_all(read_now, wanted, plan.access, related.budget)
    found = matching(plan.rest, read_now, related)
    if plan.in_order:
        return _take_page_and_count(found, wanted)
    return take_page(ordered(found, plan.sort, related), wanted)


def _first_portion(plan: Plan, wanted: PageRequest) -> int | None:
    """How many records to ask for first; None is as many as one call gives."""
    if not plan.in_order or not isinstance(plan.access, InInsertionOrder):
        return None
    enough = wanted.first + wanted.per_page
    if plan.rest == ALWAYS:
        # One more tells that there are no more.
        return enough if wanted.skip_total else enough + 1
    return max(enough, FIRST_PORTION) if wanted.skip_total else None


def _take_page_of_all(
    found: Iterator[Record], wanted: PageRequest, access: InInsertionOrder, budget: Budget
) -> Page:
    """The page; and how many there are, the rest of the collection counted without being fetched."""
    counted = _Counted(found)
    page = take_page(counted, PageRequest(wanted.page, wanted.per_page, skip_total=True))
    if wanted.skip_total:
        return page
    try:
        following = next(counted, None)
        rest = count_after(following, access.backwards, budget) if following else 0
    except BudgetExceeded:
        return page
    return page.with_total(counted.count + rest)


def _take_page_and_count(found: Iterator[Record], wanted: PageRequest) -> Page:
    """The page; and how many there are in all, unless counting them would go beyond the budget."""
    counted = _Counted(found)
    page = take_page(counted, PageRequest(wanted.page, wanted.per_page, skip_total=True))
    if wanted.skip_total:
        return page
    try:
        for _ in counted:
            pass
    except BudgetExceeded:
        return page
    return page.with_total(counted.count)


class _Counted:
    """An iterator that knows how many it has given."""

    def __init__(self, stream: Iterator[Record]) -> None:
        self._stream = stream
        self.count = 0

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        record = next(self._stream)
        self.count += 1
        return record
