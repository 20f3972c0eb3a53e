"""What can go wrong with a read or a write, as plain exceptions.

    StorageFailure
      ConditionFailed     a condition of a write did not hold; says which
      IdTaken             a record of that id exists already
      NotUnique           another record holds the values of a unique index
      Conflict            somebody else changed it since it was read: read again and start over
      TooManyItems        more than one transaction can hold
      ItemTooLarge        over 400 KB, or 376 KB of a record's data, even compressed
      Busy                throttled, or in conflict with another transaction: the engine tries again
      AlreadyThere        what was to be made exists
      Unavailable         the database cannot be reached or refused the call
        NotThere          there is no such table

BudgetExceeded is no failure of the database, see budget.py. When the retries of a busy call are used up
the engine raises errors.Overloaded, which is an answer already.
"""

from collections.abc import Sequence

from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index


class StorageFailure(Exception):
    """A read or write that was not carried out."""


class ConditionFailed(StorageFailure):
    """``failed`` holds the positions, within the call, of the writes whose condition did not hold."""

    def __init__(self, failed: Sequence[int] = (0,)) -> None:
        self.failed = tuple(failed)
        super().__init__(f"condition failed for write {', '.join(map(str, self.failed))}")


class IdTaken(StorageFailure):
    """A record of that id exists already in its collection."""

    def __init__(self, collection: Collection, record_id: str) -> None:
        self.collection = collection
        self.record_id = record_id
        super().__init__(f"{collection.name} has a record {record_id}")


class NotUnique(StorageFailure):
    """Another record holds the same values of a unique index."""

    def __init__(self, collection: Collection, index: Index) -> None:
        self.collection = collection
        self.index = index
        super().__init__(f"{index.name} of {collection.name} is taken")


class Conflict(StorageFailure):
    """Somebody else wrote it since it was read."""


class TooManyItems(StorageFailure):
    """More than fits in one transaction: 100 items, 4 MB."""


class ItemTooLarge(StorageFailure):
    """More than DynamoDB stores in one item."""


class Busy(StorageFailure):
    """Throttled, or in conflict with another transaction; another try may succeed."""


class AlreadyThere(StorageFailure):
    """What was to be made (the table, its expiry) exists already."""


class Unavailable(StorageFailure):
    """The database cannot be reached, or answered with an error that no retry cures."""


class NotThere(Unavailable):
    """There is no such table."""
