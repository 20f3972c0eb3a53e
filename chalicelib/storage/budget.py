"""How many items one request may examine."""

from chalicelib.observability.request_log import add_to_facts


class BudgetExceeded(Exception):
    """The request would examine more items than it may; what was read so far is not the answer."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"more than {limit} items examined")


class Budget:
    """Counts the items a request examines.

    >>> budget = Budget(2)
    >>> budget.spend(2)
    >>> budget.left
    0
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.spent = 0

    @property
    def left(self) -> int:
        """How many more may be examined."""
        return self.limit - self.spent

    def spend(self, items: int = 1) -> None:
        """Note that so many more items were examined."""
        self.spent += items
        add_to_facts(items=items)
        if self.spent > self.limit:
            raise BudgetExceeded(self.limit)
