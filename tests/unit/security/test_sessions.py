"""The session cookie: what it says, what it cannot hold, reading it back."""

from http.cookies import SimpleCookie

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.security.sessions import (
    COOKIE,
    STRICT,
    find_session,
    write_ended_session,
    write_session_cookie,
)


def test_the_cookie() -> None:
    """As another parser reads it."""
    (morsel,) = SimpleCookie(write_session_cookie("a.b-c", 3600, STRICT)).values()
    assert (morsel.key, morsel.value) == ("__Host-quoll", "a.b-c")
    assert (morsel["httponly"], morsel["secure"], morsel["samesite"]) == (True, True, "Strict")
    assert (morsel["path"], morsel["domain"], morsel["max-age"]) == ("/", "", "3600")


def test_the_end() -> None:
    (morsel,) = SimpleCookie(write_ended_session()).values()
    assert (morsel.key, morsel.value, morsel["max-age"]) == (COOKIE, "", "0")
    assert (morsel["httponly"], morsel["secure"], morsel["path"]) == (True, True, "/")


@pytest.mark.parametrize(
    "session", ["", "a;b", "a b", "a\r\nSet-Cookie: x=y", "a\n", "a,b", 'a"b', "é", "a\x00", "x" * 3801]
)
def test_what_no_cookie_holds(session: str) -> None:
    with pytest.raises(ValueError):
        write_session_cookie(session, 60)


def test_other_sites_are_never_let_in() -> None:
    with pytest.raises(ValueError):
        write_session_cookie("abc", 60, "None")


@pytest.mark.parametrize(
    ("cookies", "session"),
    [
        (f"{COOKIE}=abc", "abc"),
        (f"a=1; {COOKIE}=abc;b=2", "abc"),
        (f"{COOKIE}=a=b==", "a=b=="),
        (f"{COOKIE}=abc; {COOKIE}=def", None),
        (f"{COOKIE}=", None),
        (f"x{COOKIE}=abc", None),
        ("quoll=abc", None),
        ("", None),
        (";;=;", None),
    ],
)
def test_reading(cookies: str, session: str | None) -> None:
    assert find_session(cookies) == session


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_header_can_be_read(text: str) -> None:
    found = find_session(f"{COOKIE}={text}")
    assert found is None or write_session_cookie(found, 1).startswith(f"{COOKIE}={found};")
