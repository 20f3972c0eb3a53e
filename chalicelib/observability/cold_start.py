"""Whether this process has served before: the first call of a Lambda function is a cold start."""

from dataclasses import dataclass


@dataclass
class ColdStart:
    """True when it is asked for the first time.

    >>> start = ColdStart()
    >>> start.take(), start.take()
    (True, False)
    """

    is_over: bool = False

    def take(self) -> bool:
        """Whether this is the first time."""
        first, self.is_over = not self.is_over, True
        return first


cold_start = ColdStart()
