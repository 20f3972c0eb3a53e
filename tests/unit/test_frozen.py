"""Frozen classes are compared, hashed and shown as the standard library's."""

import dataclasses
from dataclasses import field, fields, replace
from typing import Any

import pytest

from chalicelib.frozen import dataclass


def make(decorate: Any) -> Any:
    @decorate(frozen=True)
    class Point:
        x: int
        y: tuple[int, ...] = ()
        secret: str = field(default="", repr=False)
        note: str = field(default="", compare=False)

    return Point


OURS, THEIRS = make(dataclass), make(dataclasses.dataclass)
CASES: list[dict[str, Any]] = [
    {"x": 1},
    {"x": 2},
    {"x": 1, "y": (2, 3)},
    {"x": 1, "secret": "s"},
    {"x": 1, "note": "n"},
]


@pytest.mark.parametrize("one", CASES)
@pytest.mark.parametrize("other", CASES)
def test_equal_and_hashed_as_the_standard_ones(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (OURS(**one) == OURS(**other)) is (THEIRS(**one) == THEIRS(**other))
    assert (hash(OURS(**one)) == hash(OURS(**other))) is (hash(THEIRS(**one)) == hash(THEIRS(**other)))
    assert (OURS(**one) != OURS(**other)) is (THEIRS(**one) != THEIRS(**other))


@pytest.mark.parametrize("case", CASES)
def test_shown_as_the_standard_ones(case: dict[str, Any]) -> None:
    assert repr(OURS(**case)) == repr(THEIRS(**case))
    assert [each.name for each in fields(OURS)] == [each.name for each in fields(THEIRS)]
    assert replace(OURS(**case), x=7) == OURS(**{**case, "x": 7})


def test_nothing_equals_another_kind() -> None:
    @dataclass(frozen=True)
    class Empty:
        pass

    class Heir(Empty):
        pass

    assert Empty() == Empty()
    assert Empty() != Heir()
    assert OURS(1) != THEIRS(1)
    assert OURS(1) != 1


def test_methods_of_ones_own_are_kept() -> None:
    @dataclass(frozen=True)
    class Named:
        name: str

        def __repr__(self) -> str:
            return "hidden"

    assert repr(Named("x")) == "hidden"


def test_what_is_not_frozen_is_the_standard_one() -> None:
    @dataclass
    class Open:
        x: int = 0

    opened = Open()
    opened.x = 1
    assert opened == Open(1)
    with pytest.raises(TypeError):
        hash(opened)
