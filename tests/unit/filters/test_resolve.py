"""Names of back-relations, as filters and expand read them."""

import pytest

from chalicelib.filters.resolve import _BACK_RELATION
from chalicelib.records.expand import _BACK_RELATIONS

PATTERNS = [_BACK_RELATION, _BACK_RELATIONS[0]]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_last_via_divides(pattern):
    assert pattern.fullmatch("a_via_b_via_c").groups() == ("a_via_b", "c")
    assert not pattern.fullmatch("a_via_")


@pytest.mark.timeout(5)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_nearly_one_takes_no_time(pattern):
    assert not pattern.fullmatch("_via" * 100_000 + "!")
