"""Text that only we can have written and only we can read, for the places where a client carries it for us.

What is sealed is hidden by a stream of key bytes that is made of its own tag (the SIV construction): equal
contents give equal seals, and no two contents share a stream. `bound` is what the seal is good for; it is not
in the text, and another `bound` does not open it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

LONGEST = 8_192
_TAG = 16


def seal(content: str, secret: str, bound: Sequence[str]) -> str:
    """The content as text for an URL.

    >>> unseal(seal("abc", "secret", ["posts"]), "secret", ["posts"])
    'abc'
    """
    raw = content.encode("utf-8", "surrogatepass")
    tag = _tag_of(raw, secret, bound)
    return base64.urlsafe_b64encode(tag + _stream(raw, secret, tag)).decode().rstrip("=")


def unseal(text: str, secret: str, bound: Sequence[str]) -> str | None:
    """What was sealed for this; None for any other text.

    >>> unseal(seal("abc", "secret", ["posts"]), "secret", ["users"]) is None
    True
    """
    raw = _decode(text)
    tag, content = raw[:_TAG], _stream(raw[_TAG:], secret, raw[:_TAG])
    if not hmac.compare_digest(tag, _tag_of(content, secret, bound)):
        return None
    return content.decode("utf-8", "surrogatepass")


def _tag_of(content: bytes, secret: str, bound: Sequence[str]) -> bytes:
    # As JSON, what is bound cannot run into each other.
    label = json.dumps(["tag", *bound]).encode()
    return _mac(secret, label + b"\0" + content)[:_TAG]


def _stream(content: bytes, secret: str, tag: bytes) -> bytes:
    """Hides, and shows again what it has hidden."""
    blocks = range(len(content) // hashlib.sha256().digest_size + 1)
    stream = b"".join(_mac(secret, b"stream\0" + tag + block.to_bytes(4, "big")) for block in blocks)
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def _mac(secret: str, message: bytes) -> bytes:
    return hmac.digest(secret.encode(), message, "sha256")


def _decode(text: str) -> bytes:
    """The bytes of a text; nothing when it is none of ours."""
    if len(text) > LONGEST or not text.isascii():
        return b""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
