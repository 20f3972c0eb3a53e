"""One-time codes."""

import pytest

from chalicelib.security.one_time_codes import new_code


@pytest.mark.parametrize("length", [4, 8, 20])
def test_digits(length: int) -> None:
    code = new_code(length)
    assert len(code) == length
    assert set(code) <= set("0123456789")


def test_codes_differ() -> None:
    assert len({new_code(20) for _ in range(50)}) == 50


def test_every_digit_comes() -> None:
    assert set(new_code(500)) == set("0123456789")
