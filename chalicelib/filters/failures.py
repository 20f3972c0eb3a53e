"""What is wrong with a filter, a rule or a sort, and when evaluating one would take too long."""


class FilterError(Exception):
    """An expression that cannot be understood or is not allowed; `position` is where, from 0, or -1."""

    def __init__(self, message: str, position: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class NameUnknown(FilterError):
    """A path leads to a field, or over a back-relation, that there is not."""


class TooManyTrials(Exception):
    """An evaluation compares more rows with each other than it may."""


class SuperusersOnly(FilterError):
    """A client's filter or sort reaches for ``@request.`` or ``@collection.``: an answer of its own (403)."""

    def __init__(self, reserved: str) -> None:
        super().__init__(f"Only superusers can filter by {reserved}")
