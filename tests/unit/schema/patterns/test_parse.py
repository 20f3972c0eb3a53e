"""Which texts are patterns, and what is said about the others: as the real server says it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.patterns import PatternError, compile_pattern
from tests.unit.schema.fields.contract import load_cases

CASES = load_cases("patterns/syntax.json")


def complaint(text: str) -> str | None:
    try:
        compile_pattern(text)
    except PatternError as error:
        return f"Error parsing regexp: {error}."
    return None


@pytest.mark.parametrize("case", CASES, ids=[ascii(case["pattern"]) for case in CASES])
def test_complains_as_pocketbase_does(case: Any) -> None:
    assert complaint(case["pattern"]) == case.get("problem")


@given(st.text(alphabet="ab01(){}[]|*+?^$\\.-:<>PQEpdwsLu,imU=!", max_size=12))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        pattern = compile_pattern(text)
    except PatternError:
        return
    assert pattern.is_found_in("ab01") in (True, False)


@pytest.mark.parametrize(
    "text", ["(" * 101 + ")" * 101, "(" * 5000, "((a{30}){30}b{900}){1}(c{1000}){1}" + "d" * 20_000]
)
def test_too_large_or_too_deep_is_refused(text: str) -> None:
    assert complaint(text) is not None


def test_deep_but_not_too_deep() -> None:
    assert complaint("(" * 100 + "a" + ")" * 100) is None
