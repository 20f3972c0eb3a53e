"""How often something was tried: counted in the table, so that it holds across all functions.

A window begins with the first attempt and lasts so many whole seconds, whatever is tried meanwhile; the
first attempt after it begins the next. An attempt costs one write unit; one that follows a window that is
over costs two, as the former count is still there.

An attempt is never lost. When DynamoDB's answer is, the call is repeated and may count it twice, which makes
the limit stricter by one, once: what has to be exact is no matter for this.
"""

from chalicelib import clock
from chalicelib.errors import Overloaded
from chalicelib.storage import keys
from chalicelib.storage.additions import Addition
from chalicelib.storage.conditions import Holds
from chalicelib.storage.engine import ATTEMPTS, Attributes, Key, get_engine
from chalicelib.storage.failures import ConditionFailed
from chalicelib.storage.items import AttemptsItem

# Clocks of functions differ a little: what is over is kept for as long as one of them may think it is not.
KEPT_SECONDS = 60


def count_attempt(key: str, seconds: int) -> int:
    """Which attempt within the present window this is: 1 for the first. Raises Overloaded."""
    place = (keys.attempts_key(key), keys.ATTEMPTS_SORT)
    for _ in range(ATTEMPTS):
        now = clock.unix_milliseconds() // 1000
        counted = _count(place, now, seconds)
        if now < counted.since + seconds:
            return int(counted.seen)
        if _begin_anew(place, now, seconds, int(counted.since)):
            return 1
    raise Overloaded()


def _count(place: Key, now: int, seconds: int) -> AttemptsItem:
    window = {"since": now, "ttl": now + seconds + KEPT_SECONDS}
    return _read(get_engine().add(Addition(place, more={"seen": 1}, first=window)))


def _begin_anew(place: Key, now: int, seconds: int, former: int) -> bool:
    """Whether this attempt begins the next window; False when another did meanwhile."""
    window = {"seen": 1, "since": now, "ttl": now + seconds + KEPT_SECONDS}
    try:
        get_engine().add(Addition(place, anew=window, condition=Holds("since", former)))
    except ConditionFailed:
        return False
    return True


def _read(attributes: Attributes) -> AttemptsItem:
    return AttemptsItem.from_attributes(attributes)
