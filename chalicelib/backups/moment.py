"""The moment that a backup is of: from which second on former records are kept, and when all of them are.

DynamoDB tells of each change in which second it happened, so the moment is the beginning of a second to come.
Until then nothing is read. A change of that second or a later one has its former record kept by the stream's
function, which reads here what it has to keep.
"""

from chalicelib import clock, ids
from chalicelib.backups.turn import KIND, NAME, Turn
from chalicelib.observability.logger import logger
from chalicelib.storage.engine import get_engine
from chalicelib.storage.images import count_marks, put_marks
from chalicelib.storage.tasks import find_tasks

# The moment is so many seconds ahead, so that who follows the stream knows of it when it comes.
AHEAD = 2
# Clocks may differ by so much, and an index lag: reading begins so long after the moment.
SETTLING = 0.5
PAUSE = 0.2
# Without a stream no mark ever comes out.
MOST_SECONDS_SILENT = 20.0
MOST_SECONDS = 600.0
NO_STREAM = "no stream follows the table: the backup's records are of when each of them was read"


def begin_moment(turn: Turn) -> str:
    """Let former records be kept, and wait until the moment has come; under which name they are."""
    turn.go_on()
    name = ids.random_text(12)
    moment = clock.unix_milliseconds() // 1000 + AHEAD
    turn.keep(images=name, since=moment)
    while (left := moment + SETTLING - clock.unix_milliseconds() / 1000) > 0:
        get_engine().pause(left)
    return name


def find_moment() -> tuple[str, int] | None:
    """Under which name records are to be kept now, and from which second on; None when none are."""
    for task in find_tasks(KIND):
        if task.name == NAME and "images" in task.state:
            return str(task.state["images"]), int(task.state["since"])
    return None


def wait_for_stream(turn: Turn, name: str) -> bool:
    """Wait until all changes so far have come out of the stream; whether they have.

    Raises OutOfTime, also when the stream is far behind.
    """
    marks = put_marks(name)
    silent_until = clock.stopwatch() + MOST_SECONDS_SILENT * 1000
    while left := count_marks(name):
        turn.go_on()
        if left == marks and clock.stopwatch() > silent_until:
            logger.warning(NO_STREAM, extra={"backup": turn.key})
            return False
        get_engine().pause(PAUSE)
    return True
