"""Which collections can be gone through within one request."""

from chalicelib.schema.collection import Collection
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.records import count_all

MAX_AT_ONCE = 2000


def is_small(collection: Collection) -> bool:
    """Whether a request has time for all of its records."""
    try:
        count_all(collection, Budget(MAX_AT_ONCE))
    except BudgetExceeded:
        return False
    return True
