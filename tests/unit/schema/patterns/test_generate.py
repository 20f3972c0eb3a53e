"""Texts made from patterns: within the real server's bounds, and matching."""

from typing import Any

import pytest

from chalicelib.schema.patterns import PatternError, compile_pattern
from tests.unit.schema.fields.contract import load_cases

CASES = load_cases("patterns/generated.json")
ROUNDS = 200


def lengths(source: str) -> set[int]:
    return {len(compile_pattern(source).generate()) for _ in range(ROUNDS)}


@pytest.mark.parametrize("case", [case for case in CASES if "problem" not in case])
def test_is_as_long_as_pocketbase_makes_it(case: Any) -> None:
    found = lengths(case["pattern"])
    assert (min(found), max(found)) == (case["shortest"], case["longest"])


@pytest.mark.parametrize("case", [case for case in CASES if "problem" in case])
def test_refuses_what_pocketbase_refuses(case: Any) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(case["pattern"]).generate()
    assert f"{caught.value}." == case["problem"]


@pytest.mark.parametrize(
    "source",
    ["[a-z0-9]{15}", r"\w{3}-\d+", "(ab|cd){2,4}x*", "[^a]{5}", r"\pN\p{Greek}", "(?i)ab[c-e]+", "[à-ü]{3}"],
)
def test_matches_its_pattern(source: str) -> None:
    pattern, whole = compile_pattern(source), compile_pattern(f"^(?:{source})$")
    for _ in range(ROUNDS):
        text = pattern.generate()
        assert "�" in text or whole.is_found_in(text)


def test_dot_stands_for_letters_and_digits() -> None:
    text = "".join(compile_pattern(".").generate() for _ in range(ROUNDS))
    assert text.isascii()
    assert text.isalnum()


def test_texts_differ() -> None:
    assert len({compile_pattern("[a-z0-9]{15}").generate() for _ in range(ROUNDS)}) == ROUNDS
