"""Unfinished work under `make run` is done in the background."""

import time
from collections.abc import Iterator

import pytest

from chalicelib.storage.failures import Unavailable
from dev import tasks
from dev.tasks import running_tasks

PATIENCE = 10.0


def test_work_is_done_until_none_is_left_and_failures_are_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    answers: Iterator[int | Exception] = iter([500, 20, 0, Unavailable("gone"), 3, 0])

    def run_tasks(limit: int, seconds: float) -> int:
        asked.append(limit)
        answer = next(answers, 0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(tasks, "run_tasks", run_tasks)
    deadline = time.monotonic() + PATIENCE
    with running_tasks(every=0.001):
        while len(asked) < 7 and time.monotonic() < deadline:
            time.sleep(0.001)
    count = len(asked)
    assert count >= 7
    time.sleep(0.02)
    assert len(asked) == count
