"""Which requests are carried out: safe ones, and those from pages of their own session."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.security.csrf import Sent, is_forged, new_csrf_token

KEY, SESSION, HERE = "k" * 50, "a-session", "https://app.example.com"
OWN = Sent("POST", new_csrf_token(SESSION, KEY), HERE, "same-origin")


def forged(sent: Sent, session: str | None = SESSION, key: str = KEY) -> bool:
    return is_forged(sent, session, key, HERE)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "PROPFIND", ""])
def test_unsafe_requests_need_a_token(method: str) -> None:
    assert not forged(replace(OWN, method=method))
    assert forged(replace(OWN, method=method, token=""))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_requests_do_not(method: str) -> None:
    assert not forged(Sent(method), session=None)


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({}, False),
        ({"origin": ""}, False),
        ({"fetch_site": ""}, False),
        ({"origin": "", "fetch_site": ""}, False),
        ({"origin": "https://evil.example.com"}, True),
        ({"origin": "http://app.example.com"}, True),
        ({"origin": "https://app.example.com:8443"}, True),
        ({"origin": "https://app.example.com.evil.example"}, True),
        ({"origin": "null"}, True),
        ({"fetch_site": "cross-site"}, True),
        ({"fetch_site": "same-site"}, True),
        ({"fetch_site": "none"}, True),
    ],
)
def test_where_it_comes_from(changes: dict[str, str], is_refused: bool) -> None:
    """A right token does not help a request from elsewhere."""
    assert forged(replace(OWN, **changes)) is is_refused


def test_a_token_is_of_one_session_and_one_key() -> None:
    assert forged(OWN, session="another-session")
    assert forged(OWN, session=None)
    assert forged(OWN, session="")
    assert forged(OWN, key="l" * 50)


def test_tokens_differ() -> None:
    tokens = {new_csrf_token(SESSION, KEY) for _ in range(20)}
    assert len(tokens) == 20
    assert not any(forged(replace(OWN, token=token)) for token in tokens)


def test_without_a_key_nothing_is_decided() -> None:
    with pytest.raises(ValueError):
        forged(OWN, key="")


@pytest.mark.parametrize("place", range(0, 97, 8))
def test_a_changed_token_is_none(place: int) -> None:
    other = "0" if OWN.token[place] != "0" else "1"
    assert forged(replace(OWN, token=OWN.token[:place] + other + OWN.token[place + 1 :]))


@settings(max_examples=50)
@given(st.text(max_size=120), st.text(max_size=40))
def test_no_other_text_is_a_token(token: str, session: str) -> None:
    assert forged(replace(OWN, token=token), session=session)


@settings(max_examples=30)
@given(st.text(max_size=5), st.text(max_size=5))
def test_what_is_signed_for_one_is_not_for_another(one: str, other: str) -> None:
    """However salt and session are cut."""
    token = new_csrf_token(one, KEY)
    salt, _, signature = token.partition(".")
    assert forged(replace(OWN, token=f"{salt}{other}.{signature}"), session=one) is bool(other or not one)
