"""The log is cleared at once; the job that removes its lines is asked for, and runs in the minute tick."""

from chalicelib import clock
from chalicelib.jobs.firing import run_asked
from chalicelib.jobs.logs import CLEANUP, clear_and_clean_up
from chalicelib.jobs.schedules import find_schedule
from chalicelib.storage.engine import Engine
from chalicelib.storage.request_logs import StoredLog, find_log, new_log_id, save_log


def test_clear_and_clean_up(defaults: Engine) -> None:
    log = StoredLog(new_log_id(clock.unix_milliseconds()), 0, "GET /", {}, 2**32)
    save_log(log)
    clear_and_clean_up()
    assert find_log(log.id) == log
    assert run_asked() == 1
    assert find_log(log.id) is None


def test_it_is_a_scheduled_job() -> None:
    schedule = find_schedule(CLEANUP)
    assert schedule is not None
    assert schedule.to_json() == {"id": "__pbLogsCleanup__", "expression": "0 */6 * * *"}
    assert schedule.function == "job_pb_logs_cleanup"
