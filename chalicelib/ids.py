"""The only place that makes random identifiers."""

import secrets
import string
import zlib

RECORD_ID_LENGTH = 15
PASSWORD_LENGTH = 30
RECORD_ID_ALPHABET = string.ascii_lowercase + string.digits
TOKEN_KEY_ALPHABET = string.ascii_letters + string.digits


def random_text(length: int, alphabet: str = TOKEN_KEY_ALPHABET) -> str:
    """Random text that cannot be guessed."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_record_id() -> str:
    """15 lower-case letters and digits, PocketBase's default record id."""
    return random_text(RECORD_ID_LENGTH, RECORD_ID_ALPHABET)


def new_password() -> str:
    """A password that nobody is told: for those who sign in by other means."""
    return random_text(PASSWORD_LENGTH)


def checksum_id(prefix: str, text: str) -> str:
    """A stable id from a name, as PocketBase makes them: ``text3208210256`` for the text field ``id``."""
    return f"{prefix}{zlib.crc32(text.encode())}"


def random_below(limit: int) -> int:
    """A random number from 0 up to, but without, the limit."""
    return secrets.randbelow(limit)
