"""How much evaluating one request may take, and what it has taken."""

from chalicelib.filters.failures import TooManyTrials

# How many rows and values one request may try: seconds of work. Reads are bounded elsewhere, but what was
# read may be compared each with each. There is room for several conditions on ten values of 10 000 records.
MAX_TRIALS = 1_000_000


class Trials:
    """How many rows have been tried."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, trials: int = 1) -> None:
        """Note that so many more rows are tried. Raises TooManyTrials."""
        self.count += trials
        if self.count > MAX_TRIALS:
            raise TooManyTrials()
