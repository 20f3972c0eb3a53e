"""Password hashes."""

from collections.abc import Callable

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.security import passwords
from chalicelib.security.passwords import hash_password, password_matches, spend_like_a_match

CHEAP = 4
compare = bcrypt.checkpw


def test_a_password_matches_its_hash_only() -> None:
    hashed = hash_password("12345678", CHEAP)
    assert password_matches("12345678", hashed)
    assert not password_matches("12345679", hashed)
    assert not password_matches("", hashed)


def test_equal_passwords_have_different_hashes() -> None:
    assert hash_password("12345678", CHEAP) != hash_password("12345678", CHEAP)


@pytest.mark.parametrize("cost", [4, 6])
def test_the_cost_is_in_the_hash(cost: int) -> None:
    assert hash_password("x", cost).startswith(f"$2a${cost:02}$")


def test_the_usual_cost_is_pocketbases() -> None:
    assert hash_password("x").startswith("$2a$10$")


def test_a_hash_that_pocketbase_made_matches() -> None:
    assert password_matches("1234567890", "$2a$10$GazpmX2DNrJx1g5HNjmRHOmO934RT9gT/J8Z63dkVT5wa7P3kBrCO")


@pytest.mark.parametrize("hashed", ["", "plain", "$2a$10$short", "x" * 60, "é" * 60, "$2a$99$" + "a" * 53])
def test_what_is_no_hash_matches_nothing(hashed: str) -> None:
    assert not password_matches("12345678", hashed)


def test_bcrypt_reads_72_bytes_and_so_do_we() -> None:
    hashed = hash_password("x" * 72, CHEAP)
    assert password_matches("x" * 72, hashed)
    assert password_matches("x" * 72 + "more", hashed)
    assert not password_matches("x" * 71, hashed)


class CountedBcrypt:
    """bcrypt that counts its comparisons, and remembers at what cost they were."""

    def __init__(self) -> None:
        self.costs: list[str] = []

    def checkpw(self, secret: bytes, hashed: bytes) -> bool:
        self.costs.append(hashed.decode(errors="replace")[4:6])
        return compare(secret, hashed)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: spend_like_a_match("12345678"),
        lambda: spend_like_a_match("x" * 500),
        lambda: spend_like_a_match("", 10),
        lambda: password_matches("12345678", ""),
        lambda: password_matches("wrong", hash_password("12345678")),
        lambda: password_matches("12345678", hash_password("12345678")),
    ],
)
def test_every_attempt_costs_one_comparison(
    attempt: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = CountedBcrypt()
    monkeypatch.setattr(passwords.bcrypt, "checkpw", counted.checkpw)
    attempt()
    assert counted.costs == ["10"]


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=17))
def test_any_text_can_be_a_password(plain: str) -> None:
    assert password_matches(plain, hash_password(plain, CHEAP))
