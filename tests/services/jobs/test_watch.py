"""What is told of a job."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.config import get_config
from chalicelib.jobs.watch import watched
from chalicelib.observability import metrics
from chalicelib.observability.logger import logger
from chalicelib.storage.engine import Engine
from tests.logged import kept_lines


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    with kept_lines() as seen:
        yield seen


def test_a_job_has_a_line_with_what_it_cost(engine: Engine, lines: list[dict[str, Any]]) -> None:
    with watched("job_mine", job="mine"):
        engine.get(("a", "b"))
        logger.info("within")
    logger.info("after")
    within, job, after = lines
    assert (within["job"], within["function"]) == ("mine", "job_mine")
    assert (job["message"], job["failed"], job["dynamodb_calls"]) == ("job", False, 1)
    assert job["milliseconds"] >= 0
    assert "job" not in after and "function" not in after


def test_one_that_fails_says_so_and_fails(engine: Engine, lines: list[dict[str, Any]]) -> None:
    with pytest.raises(KeyError), watched("job_mine"):
        raise KeyError("x")
    assert lines[0]["failed"] is True


def test_failures_are_counted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metrics, "get_config", lambda: replace(get_config(), metrics="stage"))
    with pytest.raises(KeyError), watched("job_mine"):
        raise KeyError("x")
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [(line["JobFailures"], line["function"]) for line in told] == [([1.0], "job_mine")]
