"""Whether a page of ours sent a request that a browser's cookie speaks for, or somebody else's. Pure.

Every unsafe request has to bring a token, in a header or a form, that is signed for its session: another
site's page can make a browser send the cookie, but knows no token. And what a browser tells by itself of
where a request comes from has to be here.
"""

import hashlib
import hmac
import secrets

from chalicelib.frozen import dataclass

HEADER = "X-CSRF-Token"
FIELD = "csrfToken"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_ORIGIN = "same-origin"
_SALT_BYTES = 16


@dataclass(frozen=True)
class Sent:
    """What a request tells: token, `Origin` and `Sec-Fetch-Site` header; "" for what is missing."""

    method: str
    token: str = ""
    origin: str = ""
    fetch_site: str = ""


def new_csrf_token(session: str, key: str) -> str:
    """A token for the pages of a session, another one each time: compressed answers do not give it away."""
    salt = secrets.token_hex(_SALT_BYTES)
    return f"{salt}.{_sign(salt, session, key)}"


def is_forged(sent: Sent, session: str | None, key: str, own_origin: str) -> bool:
    """Whether a request must not be carried out: unsafe, and not shown to come from a page of this session.

    `own_origin` is where the application is, as https://example.com. Raises ValueError without a key.
    """
    if not key:
        raise ValueError("tokens are signed with a key")
    if sent.method in SAFE_METHODS:
        return False
    if sent.fetch_site not in ("", SAME_ORIGIN) or sent.origin not in ("", own_origin):
        return True
    return not (session and _is_signed(sent.token, session, key))


def _is_signed(token: str, session: str, key: str) -> bool:
    salt, _, signature = token.partition(".")
    expected = _sign(salt, session, key)
    return hmac.compare_digest(signature.encode(errors="surrogatepass"), expected.encode())


def _sign(salt: str, session: str, key: str) -> str:
    # The parts' lengths are fixed, or said by what is fixed: no two of them make the same text.
    text = f"csrf:{len(salt)}:{salt}:{session}"
    return hmac.new(key.encode(), text.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
