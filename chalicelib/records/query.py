"""Reading records: a page of a list, and one."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, Forbidden
from chalicelib.filters import (
    ALWAYS,
    ById,
    ByUnique,
    FilterError,
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
    suggest_anywhere,
)
from chalicelib.filters.scope import Scope
from chalicelib.filters.sort import ROWID
from chalicelib.filters.words import plan_in_words
from chalicelib.frozen import dataclass
from chalicelib.observability.request_log import note_facts
from chalicelib.paging import Page, PageRequest, take_page
from chalicelib.records.access import bind_rule, open_collection, require_allowed, scope_of
from chalicelib.records.cursor import Reading, take_page_by_cursor
from chalicelib.records.narrow import choose_plan
from chalicelib.records.present import present
from chalicelib.records.refusals import describe_advice, over_budget, refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.totals import take_page_and_count, take_page_of_all
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget, BudgetExceeded

# How many records are read first when a filter decides how many will do.
FIRST_PORTION = 200
NO_CURSOR = "Views are not read by cursor: their records are made anew by each request. Use page and perPage"


@dataclass(frozen=True)
class Question:
    """A list request, understood: which records, in which order. `asked` is the client's part of it."""

    collection: Collection
    where: Node
    asked: Node
    sort: Sort


@refusals_as_answers()
def list_records(name: str, request: RequestInfo, wanted: PageRequest) -> Page:
    """One page of the records that this request may see."""
    related = RelatedRecords(get_catalog_with(name), tells_why=request.is_superuser)
    collection = open_collection(related.catalog, name, "list", request)
    if not wanted.is_readable:
        raise BadRequest()
    question = understand(collection, request, wanted, related)
    try:
        page = _answer(question, wanted, related, request.auth)
    except BudgetExceeded as error:
        raise BadRequest(
            over_budget(error.limit, _advice(question, request, wanted, related.catalog))
        ) from error
    page.items[:] = present(page.items, request, related)
    return page


@refusals_as_answers()
def view_record(name: str, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """One record, consistently read."""
    related = RelatedRecords(get_catalog_with(name), tells_why=request.is_superuser)
    collection = open_collection(related.catalog, name, "view", request)
    record = require_allowed(related.find(collection, record_id), "view", request, related)
    return present([record], request, related)[0]


def understand(
    collection: Collection, request: RequestInfo, wanted: PageRequest, related: RelatedRecords
) -> Question:
    """The list rule and the client's filter and sort, bound."""
    scope = scope_of(collection, request, related)
    asked = Scope(collection, related.catalog, request, scope.now, is_client=True)
    try:
        rule = bind_rule(collection.list_rule, scope)
        check_client_text(wanted.filter, request)
        check_client_text(wanted.sort, request)
        filtered = bind(parse_client_filter(wanted.filter), asked)
        sort = bind_sort(parse_sort(wanted.sort), asked)
        if collection.type == "view":
            _refuse_for_view(sort, wanted)
        return Question(collection, both(rule, filtered), filtered, sort)
    except SuperusersOnly as error:
        raise Forbidden(error.message) from error
    except FilterError as error:
        raise BadRequest() from error


def _refuse_for_view(sort: Sort, wanted: PageRequest) -> None:
    """A view's records were never inserted, and are made anew by each request."""
    if any(order.name == ROWID for order in sort.orders):
        raise BadRequest()
    if wanted.cursor is not None:
        raise BadRequest(NO_CURSOR)


def plan_list(question: Question, wanted: PageRequest, related: RelatedRecords) -> Plan:
    """How to read the list. By cursor it is read the same way each time, whatever other collections hold."""
    if wanted.cursor is not None:
        plan = make_plan(question.where, question.sort, question.collection)
        return plan.otherwise or plan
    return choose_plan(question.where, question.sort, question.collection, related)


def _answer(question: Question, wanted: PageRequest, related: RelatedRecords, asker: Record | None) -> Page:
    plan = plan_list(question, wanted, related)
    if wanted.cursor is not None:
        note_facts(plan=plan_in_words(plan))
        first = _first_portion(plan, PageRequest(per_page=wanted.per_page + 1, skip_total=True))
        return take_page_by_cursor(Reading(question.collection, plan, wanted, asker, first), related)
    plan, read_now = _begin(question, plan, wanted, related)
    note_facts(plan=plan_in_words(plan))
    if plan.rest == ALWAYS and plan.in_order and question.collection.type != "view":
        return take_page_of_all(read_now, wanted, question.collection, related.budget)
    found = matching(plan.rest, read_now, related)
    if plan.in_order:
        return take_page_and_count(found, wanted)
    return take_page(ordered(found, plan.sort, related), wanted)


def _begin(
    question: Question, plan: Plan, wanted: PageRequest, related: RelatedRecords
) -> tuple[Plan, Iterator[Record]]:
    """The plan that is carried out, and what it reads: the one in order where the other finds too much."""
    collection, budget = question.collection, related.budget
    if plan.otherwise is not None:
        most = _worth_sorting(wanted, budget)
        found = related.read(collection, plan, most + 1 if wanted.skip_total else None)
        some = list(islice(found, most + 1))
        if len(some) <= most:
            return plan, iter(some)
        plan = plan.otherwise
    return plan, related.read(collection, plan, _first_portion(plan, wanted))


def _worth_sorting(wanted: PageRequest, budget: Budget) -> int:
    """How many records are read to be sorted where others come in order.

    They have to be read anyway to be counted, as long as enough of the budget is left for a page otherwise.
    """
    most = budget.limit * 3 // 4
    return min(most, max(FIRST_PORTION, wanted.first + wanted.per_page)) if wanted.skip_total else most


def _first_portion(plan: Plan, wanted: PageRequest) -> int | None:
    """How many records to ask for first; None is as many as one call gives."""
    if not plan.in_order or isinstance(plan.access, ById | ByUnique):
        return None
    enough = wanted.first + wanted.per_page
    if plan.is_all and (wanted.skip_total or plan.rest == ALWAYS):
        # One more tells that there are no more.
        return enough if wanted.skip_total else enough + 1
    return max(enough, FIRST_PORTION) if wanted.skip_total else None


def _advice(question: Question, request: RequestInfo, wanted: PageRequest, catalog: Catalog) -> str:
    """What was asked and the index it needs; of the list rule only superusers hear."""
    where = question.where if request.is_superuser else question.asked
    statement = suggest_anywhere(where, question.sort, question.collection, catalog)
    return describe_advice(wanted.filter, wanted.sort, statement)
