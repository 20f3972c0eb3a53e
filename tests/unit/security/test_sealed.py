"""What is sealed stays as it was, hidden, and good for one thing."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.security.sealed import LONGEST, seal, unseal

SECRET = "s" * 50
BOUND = ["posts", "title = 'a'", ""]


@given(st.text(), st.text(min_size=1), st.lists(st.text()))
def test_what_is_sealed_comes_back(content: str, secret: str, bound: list[str]) -> None:
    assert unseal(seal(content, secret, bound), secret, bound) == content


@given(st.text(max_size=60), st.integers(0), st.integers(1, 255))
def test_one_changed_byte_opens_nothing(content: str, place: int, change: int) -> None:
    text = seal(content, SECRET, BOUND)
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[place % len(raw)] ^= change
    assert unseal(base64.urlsafe_b64encode(raw).decode().rstrip("="), SECRET, BOUND) is None


@pytest.mark.parametrize(
    ("secret", "bound"),
    [
        ("t" * 50, BOUND),
        (SECRET, ["posts", "title = 'b'", ""]),
        (SECRET, ["posts", "title = 'a'"]),
        (SECRET, ["poststitle = 'a'", "", ""]),
        (SECRET, []),
    ],
)
def test_it_is_good_for_one_thing(secret: str, bound: list[str]) -> None:
    assert unseal(seal("abc", SECRET, BOUND), secret, bound) is None


@given(st.text())
def test_no_other_text_is_one(text: str) -> None:
    assert unseal(text, SECRET, BOUND) is None


@pytest.mark.parametrize(
    "text", ["", "=", "a", "AAAA", "é" * 40, "A" * 22, "A" * (LONGEST + 1), "\ud800", "++//"]
)
def test_nonsense_is_none(text: str) -> None:
    assert unseal(text, SECRET, BOUND) is None


def test_nothing_of_the_content_shows() -> None:
    raw = base64.urlsafe_b64decode(seal("the salary is 4711" * 9, SECRET, BOUND) + "==")
    assert b"salary" not in raw
    assert b"4711" not in raw


def test_two_contents_share_no_stream() -> None:
    one, other = (
        base64.urlsafe_b64decode(seal(text, SECRET, BOUND) + "==")[16:] for text in ("a" * 32, "b" * 32)
    )
    assert bytes(x ^ y for x, y in zip(one, other, strict=True)) != bytes([ord("a") ^ ord("b")]) * 32
