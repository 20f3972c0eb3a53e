"""What backups may be called."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.backups.names import BY_HAND, BY_ITSELF, check_name, is_name, new_name

MOMENT = datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.zip", None),
        ("a_b-9.zip", None),
        ("a" * 146 + ".zip", None),
        ("a" * 147 + ".zip", "validation_length_out_of_range"),
        ("", "validation_length_out_of_range"),
        ("A.zip", "validation_match_invalid"),
        ("a.zip\n", "validation_match_invalid"),
        ("../a.zip", "validation_match_invalid"),
        ("a.zip.zip", "validation_match_invalid"),
    ],
)
def test_names_of_those_that_are_made(name: str, code: str | None) -> None:
    problem = check_name(name)
    assert (problem.code if problem else None) == code


@settings(max_examples=50)
@given(st.text())
def test_made_up_names_are_good(app: str) -> None:
    assert check_name(new_name(BY_HAND, app, MOMENT)) is None
    assert is_name(new_name(BY_ITSELF, app, MOMENT))


@settings(max_examples=50)
@given(st.text())
def test_a_name_leads_nowhere_else(name: str) -> None:
    assert not is_name(name) or ("/" not in name and name not in (".", "..", ""))
