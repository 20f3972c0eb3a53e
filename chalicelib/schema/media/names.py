"""The names that files are stored under: what the uploader called them, made safe and made unique."""

import re

from chalicelib import ids

SUFFIX_LENGTH = 10
SHORTEST, LONGEST = 3, 100
LONGEST_EXTENSION = 20

_BETWEEN_WORDS = re.compile(r"[\W_]+", re.ASCII)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EXTENSION = re.compile(r"(?:\.[^.]+)?\.[^.]*\Z")
_NOT_IN_EXTENSION = re.compile(r"[^\w*\-+=#]+", re.ASCII)


def new_file_name(original: str, default_extension: str) -> str:
    """Another name each time: ``Hello World.TXT`` becomes ``hello_world_44lv183zhp.TXT``.

    `default_extension` is what the content would be called by, with its dot: for names that have none.
    """
    base, extension = _split(original)
    extension = _clean(extension) or default_extension
    name = to_snake_case(base)
    if len(name) < SHORTEST:
        name += _random_text()
    return f"{name[:LONGEST]}_{_random_text()}{extension}"


def to_snake_case(text: str) -> str:
    """``camelCase and  more`` as ``camel_case_and_more``; only ASCII letters and digits stay."""
    words = (_CAMEL.sub("_", word) for word in _BETWEEN_WORDS.split(text))
    return "_".join(filter(None, words)).lower()


def _split(name: str) -> tuple[str, str]:
    """The name without its extension, and that: the last two parts if there are as many."""
    found = _EXTENSION.search(name)
    return (name[: found.start()], found[0]) if found else (name, "")


def _clean(extension: str) -> str:
    parts = (_NOT_IN_EXTENSION.sub("", part) for part in extension.split("."))
    clean = ".".join(filter(None, parts))[-LONGEST_EXTENSION:].lstrip(".")
    return f".{clean}" if clean else ""


def _random_text() -> str:
    return ids.random_text(SUFFIX_LENGTH, ids.RECORD_ID_ALPHABET)
