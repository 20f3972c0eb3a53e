"""Random and stable identifiers."""

import pytest

from chalicelib import ids


def test_record_ids() -> None:
    made = {ids.new_record_id() for _ in range(500)}
    assert len(made) == 500
    assert all(len(each) == 15 and set(each) <= set(ids.RECORD_ID_ALPHABET) for each in made)


def test_random_text() -> None:
    assert len(ids.random_text(50)) == 50
    assert set(ids.random_text(500, "ab")) == {"a", "b"}


@pytest.mark.parametrize(
    ("prefix", "text", "made"), [("text", "id", "text3208210256"), ("text", "tokenKey", "text2504183744")]
)
def test_stable_ids_are_pocketbases(prefix: str, text: str, made: str) -> None:
    assert ids.checksum_id(prefix, text) == made
