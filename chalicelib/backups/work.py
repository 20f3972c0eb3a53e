"""Making and restoring backups: at once where there is time, else by the minute tick."""

from importlib import import_module

from chalicelib import clock
from chalicelib.backups import turn as turns
from chalicelib.backups.listing import find_backup, remove_old
from chalicelib.backups.names import BY_HAND, BY_ITSELF, TAKEN, check_name, new_name
from chalicelib.backups.turn import MAKE, RESTORE, BackupFailed, OutOfTime, TakenOver, Turn
from chalicelib.errors import BadRequest, Overloaded, ValidationFailed
from chalicelib.observability.logger import logger
from chalicelib.schema.problems import problems_to_json
from chalicelib.settings.load import get_newest_settings
from chalicelib.storage.failures import StorageFailure

# A request has 29 seconds, a function 15 minutes.
REQUEST_SECONDS = 18.0
TURN_SECONDS = 720.0
MOST_TRIES = 5
MISSING = "Missing or invalid backup file."
LOST = "another function has taken the backup over and goes on with it"
LATER = "the minute tick goes on with the backup"
# What does it, by name: loaded when it is needed, since every function loads this module and few databases.
ACTIONS = {MAKE: "chalicelib.backups.make", RESTORE: "chalicelib.backups.restore"}


def make_named(name: str) -> None:
    """Make a backup of this name, "" for one of the moment. Raises BadRequest, ValidationFailed."""
    if name and (problem := check_name(name)):
        raise ValidationFailed(data=problems_to_json({"name": problem}))
    key = name or _name_now(BY_HAND)
    if find_backup(key):
        raise ValidationFailed(data=problems_to_json({"name": TAKEN}))
    _do_at_once(turns.begin(MAKE, key, REQUEST_SECONDS))


def restore_named(name: str) -> None:
    """Put all back as a backup has it. Raises BadRequest."""
    if find_backup(name) is None:
        raise BadRequest(MISSING)
    _do_at_once(turns.begin(RESTORE, name, REQUEST_SECONDS))


def make_by_itself() -> None:
    """Let the minute tick make a backup; nothing, when one is being made or restored."""
    try:
        turns.begin(MAKE, _name_now(BY_ITSELF), 0).leave()
    except BadRequest:
        logger.warning("no automatic backup: another backup or restore is under way")


def go_on_with_backup() -> bool:
    """Go on with what nobody is at, for as long as a function lives; whether there was anything."""
    turn = turns.take_over(TURN_SECONDS)
    if turn is None:
        return False
    told = {"backup": turn.key, "action": turn.get("action")}
    try:
        _do(turn)
    except BackupFailed as failed:
        logger.error("the backup cannot be made or restored", extra={**told, "reason": str(failed)})
    except (OutOfTime, TakenOver):
        logger.warning("the backup is left to the next turn", extra=told)
    return True


def _do_at_once(turn: Turn) -> None:
    """In a request: what it has no time for is left to the tick. Raises BadRequest when it cannot be."""
    try:
        _do(turn)
    except BackupFailed as failed:
        raise BadRequest(str(failed)) from failed
    except OutOfTime:
        logger.info(LATER, extra={"backup": turn.key})
    except TakenOver:
        logger.info(LOST, extra={"backup": turn.key})
    except (Overloaded, StorageFailure):
        logger.exception(LATER, extra={"backup": turn.key})
        turn.leave()


def _do(turn: Turn) -> None:
    """All that is left of it. Who fails leaves it to the next, up to some times."""
    if int(turn.get("tries")) > MOST_TRIES:
        turn.end()
        raise BackupFailed("It was given up after several tries: the log says why they failed.")
    try:
        import_module(ACTIONS[turn.get("action")]).run(turn)
    except BackupFailed:
        logger.warning("a backup is refused", extra={"backup": turn.key}, exc_info=True)
        turn.end()
        raise
    except OutOfTime:
        turn.leave()
        raise
    turn.end()
    _tidy(turn)


def _tidy(turn: Turn) -> None:
    """The automatic ones that are too many by now."""
    if turn.get("action") == MAKE and turn.key.startswith(BY_ITSELF):
        remove_old(get_newest_settings().backups.cron_max_keep)


def _name_now(prefix: str) -> str:
    return new_name(prefix, get_newest_settings().meta.app_name, clock.now())
