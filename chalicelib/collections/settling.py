"""How long it takes until everybody who writes records knows of a definition that was changed."""

from chalicelib.config import get_config

# A request that began before a change of the definition is done with by then.
IN_FLIGHT = 1.0
# How long a request may wait.
LONGEST_WAIT = 10.0


def settling_seconds() -> float:
    """How long a function may go on with a definition that has been changed."""
    ttl = get_config().config_ttl
    return ttl + IN_FLIGHT if ttl else 0.0


def is_short() -> bool:
    """Whether a request can wait for it."""
    return settling_seconds() <= LONGEST_WAIT
