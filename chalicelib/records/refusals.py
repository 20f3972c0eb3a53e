"""Refusals of storage and evaluation as answers: what a client can do something about is a clear 400."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.errors import BadRequest
from chalicelib.files.store import Missing
from chalicelib.filters import TooManyTrials
from chalicelib.picking import PickError, parse_fields
from chalicelib.request import RequestInfo
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.storage.failures import ItemTooLarge, TooManyItems

TOO_LARGE = "The record is too large: what one record holds may take 376 KB once compressed."
TOO_LONG = (
    "The filter, sort or rule takes too many comparisons, of records with each other or with long lists. "
    "Compare other collections by = rather than by another operator, or narrow both sides"
)
UPLOAD_GONE = "An uploaded file was removed or replaced meanwhile: upload it again."
TOO_MANY = (
    "Too many records would change at once: "
    "one transaction holds 100 items, unique values included, and 4 MB together."
)

ADVICE = "Narrow it: filter by id or by the columns of an index, leave out the sort or use skipTotal,"
# How much of a filter is repeated to whoever wrote it.
LONGEST_QUOTE = 200


@contextmanager
def refusals_as_answers() -> Iterator[None]:
    """Within it, such refusals become BadRequest."""
    try:
        yield
    except BudgetExceeded as error:
        raise BadRequest(over_budget(error.limit)) from error
    except TooManyTrials as error:
        raise BadRequest(TOO_LONG) from error
    except ItemTooLarge as error:
        raise BadRequest(TOO_LARGE) from error
    except Missing as error:
        raise BadRequest(UPLOAD_GONE) from error
    except TooManyItems as error:
        raise BadRequest(TOO_MANY) from error


def refuse_bad_fields(request: RequestInfo) -> None:
    """Raise BadRequest, before anything is written, for an answer that could not be given."""
    try:
        parse_fields(request.query.get("fields", ""))
    except PickError as error:
        raise BadRequest() from error


def over_budget(limit: int, advice: str = "") -> str:
    """What a request is told that would examine too much."""
    return (
        f"The request would examine more than {limit} records. {advice or ADVICE} or raise QUOLL_QUERY_BUDGET"
    )


def describe_advice(filter_text: str, sort_text: str, statement: str) -> str:
    """What was asked for, and the index that would serve it; "" when none would."""
    if not statement:
        return ""
    given = (("filter", filter_text), ("sort", sort_text))
    asked = " with the ".join(f"{name} {_cut(text)!r}" for name, text in given if text)
    return f"What needs an index is the {asked or 'list rule'}. Add: {statement};"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "..."
