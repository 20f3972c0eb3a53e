"""Time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib import clock

MOMENT = datetime(2026, 1, 31, 9, 5, 0, 123_999, UTC)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (MOMENT, "2026-01-31 09:05:00.123Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=5))), "2026-01-31 09:05:00.123Z"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01 00:00:00.000Z"),
    ],
)
def test_text(moment: datetime, text: str) -> None:
    assert clock.to_text(moment) == text


def test_now_is_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_milliseconds_and_now_agree() -> None:
    assert abs(clock.unix_milliseconds() / 1000 - clock.now().timestamp()) < 1


def test_the_stopwatch_runs() -> None:
    started = clock.stopwatch()
    assert clock.stopwatch() >= started
