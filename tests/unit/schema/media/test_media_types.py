"""What kind of file some content is: tests/data/media/types.json holds the beginnings of files and what
PocketBase takes them for."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.media import READ, media_type_of

SAMPLES = json.loads(Path("tests/data/media/types.json").read_text())
# Taken for something else, and why: docs/differences-from-pocketbase.md.
DIFFERENT = {
    "har": ("application/json", ".json"),
    "zip zeros": ("application/zip", ".zip"),
    "odt": ("application/vnd.oasis.opendocument.text", ".odt"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", ".ods"),
    "zlib": ("application/octet-stream", ""),
}


def content_of(sample: dict[str, Any]) -> bytes:
    return sample["text"].encode() if "text" in sample else base64.b64decode(sample["base64"])


@pytest.mark.parametrize("name", SAMPLES)
def test_types_are_those_of_pocketbase(name: str) -> None:
    sample = SAMPLES[name]
    found = media_type_of(content_of(sample))
    theirs = (sample["type"], sample["extension"])
    assert (found.name, found.extension) == DIFFERENT.get(name, theirs)
    assert DIFFERENT.get(name) != theirs


@given(st.binary(max_size=2 * READ), st.sampled_from([content_of(each) for each in SAMPLES.values()]))
def test_any_content_has_a_type(tail: bytes, head: bytes) -> None:
    for content in (tail, head + tail, head[: len(tail) % (len(head) + 1)]):
        found = media_type_of(content)
        assert "/" in found.essence
        assert found.essence.isascii() and found.essence == found.essence.strip().lower()
        assert found.extension == "" or found.extension[0] == "."


@given(st.binary(min_size=READ + 1, max_size=READ + 50), st.binary(min_size=1, max_size=50))
def test_only_the_beginning_counts(head: bytes, tail: bytes) -> None:
    """So a file in the bucket is known by its beginning, of one byte more than is looked at."""
    assert media_type_of(head[: READ + 1]) == media_type_of(head[: READ + 1] + tail)
