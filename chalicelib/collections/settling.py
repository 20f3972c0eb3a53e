"""How long it takes until everybody who writes records knows of a definition that was changed."""

from chalicelib.config import get_config

# An ordinary request that began before a change of the definition is done with by then.
IN_FLIGHT = 1.0
# Any request is: the gateway gives up on it before.
LONGEST_IN_FLIGHT = 30.0


def settling_seconds() -> float:
    """How long a function may go on with a definition that has been changed, as far as a request can wait."""
    return _after(IN_FLIGHT)


def longest_settling_seconds() -> float:
    """How long a function may ever go on with it: what work waits that has the time."""
    return _after(LONGEST_IN_FLIGHT)


def _after(in_flight: float) -> float:
    """Where nothing is trusted that is in memory, everybody knows at once."""
    ttl = get_config().config_ttl
    return ttl + in_flight if ttl else 0.0
