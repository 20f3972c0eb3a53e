"""SQLite's idea of upper and lower case: ``NOCASE``, ``LIKE`` and ``LOWER()`` know the ASCII letters only."""

import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold_nocase(text: str) -> str:
    """The text with A to Z in lower case, all else as it is.

    >>> fold_nocase("ÀBc")
    'Àbc'
    """
    return text.translate(_LOWER)
