"""Counting attempts: windows, many at the same time, what goes wrong meanwhile."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.errors import Overloaded
from chalicelib.storage import keys
from chalicelib.storage.engine import ATTEMPTS, Engine
from chalicelib.storage.failures import Busy
from chalicelib.storage.rates import KEPT_SECONDS, count_attempt
from tests.storage.faults import Fault, Faulty

START = 1_790_000_000


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds have passed since START."""

    def move(seconds: float) -> None:
        moment = int((START + seconds) * 1000)
        monkeypatch.setattr(clock, "unix_milliseconds", lambda: moment)

    move(0)
    return move


def test_attempts_of_a_window_are_counted(engine: Engine, set_clock: Callable[[float], None]) -> None:
    assert [count_attempt("a", 10) for _ in range(3)] == [1, 2, 3]
    assert count_attempt("b", 10) == 1
    set_clock(9.9)
    assert count_attempt("a", 10) == 4
    assert engine.calls.by_operation == {"UpdateItem": 5}


def test_a_window_lasts_from_its_first_attempt(engine: Engine, set_clock: Callable[[float], None]) -> None:
    """Whatever is tried meanwhile, refused or not, does not make it longer."""
    counts = []
    for moment in (0, 6, 9.99, 10, 19.99, 35, 36):
        set_clock(moment)
        counts.append(count_attempt("a", 10))
    assert counts == [1, 2, 3, 1, 2, 1, 2]


def test_what_it_costs(engine: Engine, set_clock: Callable[[float], None]) -> None:
    costs = []
    for moment in (0, 1, 20, 21):
        set_clock(moment)
        count_attempt("a", 10)
        costs.append(engine.calls.total)
        engine.calls.reset()
    assert costs == [1, 1, 2, 1]


def test_it_goes_by_itself(engine: Engine, set_clock: Callable[[float], None]) -> None:
    count_attempt("a", 10)
    set_clock(30)
    count_attempt("a", 10)
    count_attempt("a", 10)
    stored = engine.get((keys.attempts_key("a"), keys.ATTEMPTS_SORT)) or {}
    assert stored["ttl"] == {"N": str(START + 30 + 10 + KEPT_SECONDS)}


def test_two_begin_a_window_at_once(engine: Engine, set_clock: Callable[[float], None]) -> None:
    """Both see that the former is over; one begins the next, and the other is the second in it."""
    count_attempt("a", 10)
    set_clock(20)
    other: list[int] = []
    send = engine.send

    def interrupted(operation: str, arguments: dict[str, object]) -> dict[str, object]:
        if "ConditionExpression" in arguments and not other:
            engine.send = send
            other.append(count_attempt("a", 10))
        return send(operation, arguments)  # type: ignore[arg-type]

    engine.send = interrupted  # type: ignore[assignment]
    assert (count_attempt("a", 10), other, count_attempt("a", 10)) == (2, [1], 3)


def test_a_window_may_be_changed(engine: Engine, set_clock: Callable[[float], None]) -> None:
    """The seconds are the caller's: a rule that is made shorter holds at once."""
    assert [count_attempt("a", 100), count_attempt("a", 100)] == [1, 2]
    set_clock(20)
    assert [count_attempt("a", 10), count_attempt("a", 10)] == [1, 2]


def test_a_clock_that_is_behind(engine: Engine, set_clock: Callable[[float], None]) -> None:
    count_attempt("a", 10)
    set_clock(-3)
    assert count_attempt("a", 10) == 2


def test_throttled_calls_are_repeated_and_count_once(engine: Engine) -> None:
    engine.pause = lambda _: None
    engine.send = Faulty(engine.send, [Fault("UpdateItem", Busy("throttled"), times=3)])
    assert count_attempt("a", 10) == 1


def test_an_answer_that_is_lost_makes_the_limit_stricter(engine: Engine) -> None:
    engine.pause = lambda _: None
    engine.send = Faulty(engine.send, [Fault("UpdateItem", Busy("lost"), done_anyway=True)])
    assert count_attempt("a", 100) == 2


def test_what_cannot_be_counted_is_refused(engine: Engine) -> None:
    engine.pause = lambda _: None
    engine.send = Faulty(engine.send, [Fault("UpdateItem", Busy("throttled"), times=ATTEMPTS)])
    with pytest.raises(Overloaded):
        count_attempt("a", 10)


@settings(max_examples=25)
@given(st.text(max_size=500), st.text(max_size=500))
def test_any_key_is_one_of_its_own(engine: Engine, one: str, other: str) -> None:
    assert (keys.attempts_key(one) == keys.attempts_key(other)) == (one == other)
    before = count_attempt(one, 1000)
    count_attempt(other, 1000)
    assert count_attempt(one, 1000) == before + (1 if one != other else 2)
