"""Keys: nothing can be forged, everything fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.storage import keys

anything = st.text(st.characters(), max_size=600)
parts = st.text(st.sampled_from("#%~/aé\x00"), max_size=400)


@given(left=st.lists(parts, min_size=1, max_size=3), right=st.lists(parts, min_size=1, max_size=3))
def test_different_values_have_different_keys(left: list[str], right: list[str]) -> None:
    same = keys.unique_key("s", "i", left) == keys.unique_key("s", "i", right)
    assert same == (left == right)


@given(text=anything)
def test_every_text_makes_a_key_that_fits(text: str) -> None:
    escaped = keys.escape(text)
    assert "#" not in escaped
    assert len(escaped.encode()) <= 300


def test_many_long_values_make_a_key_that_fits() -> None:
    values = ["x" * 400] * 20
    key = keys.unique_key("s" * 15, "i" * 400, values)
    assert len(key.encode()) < 2048
    assert key != keys.unique_key("s" * 15, "i" * 400, [*values[:-1], "y"])


@pytest.mark.parametrize("text", ["x" * 301, "é" * 200, "#" * 101])
def test_a_long_value_and_its_cut_form_differ(text: str) -> None:
    assert keys.escape(keys.escape(text)) != keys.escape(text)


def test_half_a_character_makes_a_key() -> None:
    assert keys.escape("\ud800") != keys.escape("\ud801")
