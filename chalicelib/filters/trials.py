"""How much evaluating one request may take, and what it has taken."""

from chalicelib.filters.failures import TooManyTrials

# How many rows one request may try: a second or two of work. Reads are bounded elsewhere, but what was read
# may be compared each with each.
MAX_TRIALS = 200_000


class Trials:
    """How many rows have been tried."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, trials: int = 1) -> None:
        """Note that so many more rows are tried. Raises TooManyTrials."""
        self.count += trials
        if self.count > MAX_TRIALS:
            raise TooManyTrials()
