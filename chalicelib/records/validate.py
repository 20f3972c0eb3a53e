"""Everything that may be wrong with a record that is to be stored."""

from chalicelib.records.auth_values import check_auth_values
from chalicelib.records.check import check_values
from chalicelib.records.existence import check_existence, check_given_id
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.problems import Problems
from chalicelib.schema.record import Record


def find_problems(before: Record, after: Record, request: RequestInfo, related: RelatedRecords) -> Problems:
    """What is wrong with `after`; `before` is what is stored, or the draft (rev 0) of a new record."""
    refused = check_auth_values(before, after, request, related)
    if refused:
        return refused
    stored = before if before.rev else None
    problems = {
        **check_existence(stored, after, related),
        **check_values(after.collection, after.values, stored),
    }
    return problems or ({} if stored else check_given_id(before, related))
