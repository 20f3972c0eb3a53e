"""How a list would be read: the plan, and the index that would serve it better."""

from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest
from chalicelib.filters import suggest_anywhere
from chalicelib.filters.sentences import access_as_data, plan_as_sentence
from chalicelib.paging import PageRequest
from chalicelib.records.access import open_collection
from chalicelib.records.query import plan_list, understand
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo


def explain_list(name: str, request: RequestInfo, wanted: PageRequest) -> dict[str, Any]:
    """The plan of a list with this filter and sort, as this request would have it read."""
    related = RelatedRecords(get_catalog_with(name))
    collection = open_collection(related.catalog, name, "list", request)
    if not wanted.is_readable:
        raise BadRequest()
    question = understand(collection, request, wanted, related)
    plan = plan_list(question, wanted, related)
    return {
        "plan": plan_as_sentence(plan),
        "access": access_as_data(plan.access),
        "inOrder": plan.in_order,
        "otherwise": access_as_data(plan.otherwise.access) if plan.otherwise else None,
        "suggestion": suggest_anywhere(question.where, question.sort, collection, related.catalog),
    }
