"""What patterns match, as the real server says, and that no pattern takes its time over it."""

import re
import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.schema.patterns import PatternError, automaton, compile_pattern
from tests.unit.schema.fields.contract import load_cases

CASES = load_cases("patterns/matches.json")


@pytest.mark.parametrize(
    "case", CASES, ids=[ascii(case["pattern"] + " " + case["text"])[:60] for case in CASES]
)
def test_finds_what_pocketbase_finds(case: Any) -> None:
    assert compile_pattern(case["pattern"]).is_found_in(case["text"]) is case["found"]


# What Python's own expressions understand in the same way.
atoms = st.sampled_from(["a", "b", "ab", "[ab]", "[^a]", "(a|b)", "(ab|)", "(?:b)", r"\b", r"\Ba", "^", "c"])
operators = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?"])


@given(st.lists(st.tuples(atoms, operators), max_size=6), st.text(alphabet="abc ", max_size=8))
def test_agrees_with_python_where_both_mean_the_same(parts: list[tuple[str, str]], text: str) -> None:
    source = "".join(f"(?:{atom}){operator}" for atom, operator in parts)
    assert compile_pattern(source).is_found_in(text) is (re.search(source, text) is not None)


@pytest.mark.parametrize(
    "source",
    ["^(a+)+$", "^(a|aa)+$", "^(a*)*b", "(x+x+)+y", "^(a?){100}a{100}$", "^(([a-z])+.)+[A-Z]([a-z])+$"],
)
def test_takes_time_in_proportion_to_the_text(source: str) -> None:
    started = time.process_time()
    compile_pattern(source).is_found_in("a" * 100_000 + "!")
    assert time.process_time() - started < 5


def test_remembers_a_bounded_number_of_transitions() -> None:
    found = compile_pattern("(a|b)(a|b){12}c")
    text = "".join("ab"[(number * number // 7) % 2] for number in range(30_000))
    assert not found.is_found_in(text)
    remembered = found._automaton._remembered
    assert 0 < remembered <= automaton.MAX_REMEMBERED


@given(st.text(max_size=10))
def test_quoted_text_finds_itself(text: str) -> None:
    assume("\\E" not in text)
    try:
        pattern = compile_pattern(r"^\Q" + text + r"\E$")
    except PatternError:  # pragma: no cover
        raise AssertionError(text) from None
    assert pattern.is_found_in(text)
