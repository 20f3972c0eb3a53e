"""Parts of a file, as the Range header asks for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.files.ranges import BadRange, Part, read_ranges


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("", []),
        ("bytes=0-", [(0, 11)]),
        ("bytes=2-5", [(2, 4)]),
        ("bytes=-3", [(8, 3)]),
        ("bytes=-50", [(0, 11)]),
        ("bytes=10-99999999999999999", [(10, 1)]),
        ("bytes=0-1,3-4", [(0, 2), (3, 2)]),
        ("bytes=0-1 , 50-60", [(0, 2)]),
        ("bytes=0-10,0-10", []),  # more than there is: all of it, once
        ("bytes=", []),
        ("bytes=,", []),
        ("bytes=-0", [(11, 0)]),
        ("bytes=+0-+1", [(0, 2)]),
        ("bytes=000000000000000000000-1", [(0, 2)]),
        ("bytes=0-9223372036854775807", [(0, 11)]),
    ],
)
def test_what_is_wanted(header: str, parts: list[tuple[int, int]]) -> None:
    assert read_ranges(header, 11) == [Part(*part) for part in parts]


@pytest.mark.parametrize(
    "header", ["items=0-1", "bytes 0-1", "bytes=1", "bytes=-", "bytes=a-b", "bytes=5-2", f"bytes=0-{2**63}"]
)
def test_what_cannot_be_read(header: str) -> None:
    with pytest.raises(BadRange) as caught:
        read_ranges(header, 11)
    assert caught.value.size is None


def test_what_is_not_there() -> None:
    with pytest.raises(BadRange, match="failed to overlap") as caught:
        read_ranges("bytes=50-60", 11)
    assert caught.value.size == 11


@given(st.text(alphabet="0123456789-+, b=\u0663", max_size=40), st.integers(0, 100))
def test_no_header_reaches_beyond_the_file(text: str, size: int) -> None:
    try:
        parts = read_ranges(f"bytes={text}", size)
    except BadRange:
        return
    assert all(part.start >= 0 and part.length >= 0 and part.start + part.length <= size for part in parts)
    assert sum(part.length for part in parts) <= size
