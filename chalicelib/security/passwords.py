"""Password hashes: bcrypt, as PocketBase stores them, so that its records can be taken over as they are."""

import bcrypt

DEFAULT_COST = 10
MAX_BYTES = 72  # bcrypt looks no further, so longer passwords are refused where they are set
_HASH_LENGTH = 60


def hash_password(plain: str, cost: int = DEFAULT_COST) -> str:
    """The bcrypt hash of a password of at most 72 bytes."""
    return bcrypt.hashpw(plain.encode("utf-8", "replace"), bcrypt.gensalt(cost, prefix=b"2a")).decode()


def password_matches(plain: str, hashed: str) -> bool:
    """Whether the password is the one that was hashed. Anything that is no hash matches nothing."""
    if len(hashed) != _HASH_LENGTH or not hashed.isascii():
        return spend_like_a_match(plain)
    try:
        return bcrypt.checkpw(_as_read(plain), hashed.encode())
    except ValueError:
        return False


def spend_like_a_match(plain: str, cost: int = DEFAULT_COST) -> bool:
    """Take as long as a comparison takes, and refuse: an unknown user must not answer faster."""
    bcrypt.checkpw(_as_read(plain), b"$2a$%02d$%s" % (cost, _DUMMY))
    return False


def _as_read(plain: str) -> bytes:
    return plain.encode("utf-8", "replace")[:MAX_BYTES]


# Salt and hash of a random password that nobody knows.
_DUMMY = b"JWwQrdHkQ7OozLCQNHRRjuwxGVLyYUG3zty0lZZzlEB6QE/klbsse"
