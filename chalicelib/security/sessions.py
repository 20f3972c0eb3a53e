"""A browser's session: the cookie that holds it, and reading it back. Pure.

The cookie is `HttpOnly` (no script reads it), `Secure`, `SameSite`, and its name begins with `__Host-`, for
which browsers demand `Secure`, the path / and no domain: no other host, a subdomain neither, can set it.
"""

import re

COOKIE = "__Host-quoll"
LAX = "Lax"  # comes along when somebody follows a link to here
STRICT = "Strict"  # does not
_SITES = (LAX, STRICT)
# Nothing that ends a value, a header, or needs quotes.
_VALUE = re.compile(r"[A-Za-z0-9!#$%&'()*+./:<=>?@\[\]^_`{|}~-]{1,3800}")


def write_session_cookie(session: str, seconds: int, same_site: str = LAX) -> str:
    """The `Set-Cookie` header that gives a session to a browser. Raises ValueError for what no cookie holds.

    >>> write_session_cookie("abc", 60)
    '__Host-quoll=abc; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax'
    """
    if not _VALUE.fullmatch(session) or same_site not in _SITES:
        raise ValueError("no cookie can hold this")
    return f"{COOKIE}={session}; Max-Age={int(seconds)}; Path=/; Secure; HttpOnly; SameSite={same_site}"


def write_ended_session() -> str:
    """The `Set-Cookie` header that takes the session away."""
    return f"{COOKIE}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite={LAX}"


def find_session(cookies: str) -> str | None:
    """The session in a `Cookie` header; None when there is none, or more than one to choose from.

    >>> find_session("theme=dark; __Host-quoll=abc")
    'abc'
    """
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    found = [value for name, _, value in pairs if name == COOKIE]
    return found[0] if len(found) == 1 and _VALUE.fullmatch(found[0]) else None
