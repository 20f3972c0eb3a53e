"""Tokens that were sent by mail and come back: whose they are, and what may be wrong with them."""

from collections.abc import Sequence

from chalicelib.errors import ValidationFailed
from chalicelib.records.check import check_values
from chalicelib.records.save import save_changed
from chalicelib.records.unique import taken_as_problems
from chalicelib.schema.problems import Problem, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.security.jwt import unsafe_read_claims
from chalicelib.storage.claims import Planned

INVALID = Problem("validation_invalid_token", "Invalid or expired token.")
ELSEWHERE = Problem(
    "validation_token_collection_mismatch", "The provided token is for different auth collection."
)


def claim_of(text: str, name: str) -> str:
    """A text in a token, unproven; "" when there is none."""
    value = unsafe_read_claims(text).get(name)
    return value if isinstance(value, str) else ""


def save_checked(before: Record, after: Record, failed: str, beside: Sequence[Planned] = ()) -> Record:
    """Store a record that a token allowed to change. Raises Conflict, ValidationFailed with that message."""
    problems = check_values(after.collection, after.values, before)
    if problems:
        raise ValidationFailed(failed, problems_to_json(problems))
    with taken_as_problems(failed):
        return save_changed(before, after, beside)
