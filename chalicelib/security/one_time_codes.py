"""One-time codes: digits, short enough to be typed, so what protects them is how seldom one may try."""

import string

from chalicelib import ids


def new_code(length: int) -> str:
    """So many random digits."""
    return ids.random_text(length, string.digits)
