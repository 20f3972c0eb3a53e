"""Every view may leave lines in the log; that lets none of them write anything else."""

import pytest

from chalicelib import clock
from chalicelib.deploy.permissions import FUNCTIONS
from chalicelib.storage.engine import Engine, WriteItem
from chalicelib.storage.request_logs import StoredLog, find_log, new_log_id, save_log
from dev.permitted import NotPermitted, acting_as

VIEWS = ["health", "records_view", "records_list", "files_view", "logs_list", "collections_view"]
JOBS = {"record_stream", "minute_tick"}


@pytest.mark.parametrize("name", sorted(each for each in FUNCTIONS if each not in JOBS))
def test_each_view_leaves_lines(engine: Engine, name: str) -> None:
    log = StoredLog(new_log_id(clock.unix_milliseconds()), 0, "GET /", {}, 2**32)
    with acting_as(name):
        save_log(log)
    assert find_log(log.id) == log


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("partition", ["R#abc#def", "CONFIG", "L", "l#0", "T#asked", "LX#0", ""])
def test_who_only_reads_writes_nothing_else(engine: Engine, name: str, partition: str) -> None:
    with acting_as(name), pytest.raises(NotPermitted, match="may not dynamodb:PutItem"):
        engine.write_once(WriteItem({"pk": {"S": partition}, "sk": {"S": "x"}}))
