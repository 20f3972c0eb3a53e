"""Names for moments."""

from datetime import UTC, datetime

import pytest

from chalicelib.filters.macros import MACROS
from tests.unit.filters.conftest import NOW

VALUES = [
    ("@now", "2024-02-29 13:04:05.678Z"),
    ("@yesterday", "2024-02-28 13:04:05.678Z"),
    ("@tomorrow", "2024-03-01 13:04:05.678Z"),
    ("@second", 5),
    ("@minute", 4),
    ("@hour", 13),
    ("@day", 29),
    ("@weekday", 4),
    ("@month", 2),
    ("@year", 2024),
    ("@todayStart", "2024-02-29 00:00:00.000Z"),
    ("@todayEnd", "2024-02-29 23:59:59.999Z"),
    ("@monthStart", "2024-02-01 00:00:00.000Z"),
    ("@monthEnd", "2024-02-29 23:59:59.999Z"),
    ("@yearStart", "2024-01-01 00:00:00.000Z"),
    ("@yearEnd", "2024-12-31 23:59:59.999Z"),
]


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_value(name: str, value: object) -> None:
    assert MACROS[name](NOW) == value


def test_all_are_tested() -> None:
    assert {name for name, _ in VALUES} == MACROS.keys()


def test_sunday_is_day_0_and_december_ends() -> None:
    sunday = datetime(2023, 12, 31, 23, 59, 59, 999_999, UTC)
    assert MACROS["@weekday"](sunday) == 0
    assert MACROS["@monthEnd"](sunday) == MACROS["@yearEnd"](sunday) == "2023-12-31 23:59:59.999Z"
