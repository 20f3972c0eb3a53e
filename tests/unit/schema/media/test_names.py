"""The names that files get."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.media.names import new_file_name

SAFE = re.compile(r"[a-z0-9_]{14,111}(\.[A-Za-z0-9_*\-+=#.]{1,20})?")


@pytest.mark.parametrize(
    ("original", "extension", "pattern"),
    [
        ("Hello World.TXT", ".txt", r"hello_world_\w{10}\.TXT"),
        ("camelCase.png", "", r"camel_case_\w{10}\.png"),
        ("a.b.c.tar.gz", "", r"a_b_c_\w{10}\.tar\.gz"),
        ("noext", ".png", r"noext_\w{10}\.png"),
        ("noext", "", r"noext_\w{10}"),
        ("a.txt", "", r"a\w{10}_\w{10}\.txt"),  # shorter than three
        ("日本.png", "", r"\w{10}_\w{10}\.png"),
        ("x" * 1000 + ".txt", "", r"x{100}_\w{10}\.txt"),
        ('a"b\r\nSet-Cookie: x.txt', "", r"a_b_set_cookie_x_\w{10}\.txt"),
        ("", "", r"\w{10}_\w{10}"),
        (".htaccess", "", r"\w{10}_\w{10}\.htaccess"),
    ],
)
def test_new_file_name(original: str, extension: str, pattern: str) -> None:
    assert re.fullmatch(pattern, new_file_name(original, extension))


@given(st.text(max_size=1200), st.sampled_from(["", ".png", ".tar"]))
def test_every_name_is_safe_and_new(original: str, extension: str) -> None:
    """In a path, in a header, in a key of S3; and no two files of one name meet."""
    name = new_file_name(original, extension)
    assert SAFE.fullmatch(name), name
    assert ".." not in name
    assert len(name) <= 132
    assert name != new_file_name(original, extension)
