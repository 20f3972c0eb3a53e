"""Losing a race is no failure: whoever lost starts over, with growing pauses, and not for ever."""

import pytest

from chalicelib import clock
from chalicelib.errors import TooManyRequests
from chalicelib.records.start_over import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, start_over_on_conflict
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict, ItemTooLarge


@pytest.mark.parametrize("losses", [0, 1, ATTEMPTS - 1])
def test_the_first_attempt_that_is_not_lost_counts(engine: Engine, losses: int) -> None:
    pauses: list[float] = []
    engine.pause = pauses.append
    attempts = iter([Conflict("x")] * losses)

    def attempt() -> str:
        lost = next(attempts, None)
        if lost:
            raise lost
        return "done"

    assert start_over_on_conflict(attempt) == "done"
    assert len(pauses) == losses
    assert all(0 <= pause <= min(LONGEST_PAUSE, FIRST_PAUSE * 2**count) for count, pause in enumerate(pauses))


def test_in_the_end_it_gives_up(engine: Engine) -> None:
    engine.pause = lambda seconds: None
    with pytest.raises(TooManyRequests):
        start_over_on_conflict(lambda: _lose())


def test_it_gives_up_before_a_gateway_does(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    moments, attempts = [0.0], []
    monkeypatch.setattr(clock, "stopwatch", lambda: moments[0])
    engine.pause = lambda seconds: None

    def slow() -> None:
        attempts.append(moments[0])
        moments[0] += 4000
        raise Conflict("x")

    with pytest.raises(TooManyRequests):
        start_over_on_conflict(slow)
    assert attempts == [0, 4000, 8000, 12000]


def test_other_failures_are_not_tried_again(engine: Engine) -> None:
    calls: list[int] = []

    def attempt() -> None:
        calls.append(1)
        raise ItemTooLarge("x")

    with pytest.raises(ItemTooLarge):
        start_over_on_conflict(attempt)
    assert calls == [1]


def _lose() -> None:
    raise Conflict("always")
