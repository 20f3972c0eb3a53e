"""Urlencoded and multipart bodies. Expectations were taken from PocketBase 0.40.6."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import UnreadableBody
from chalicelib.request import Upload
from chalicelib.routes.bodies import read_body
from chalicelib.routes.forms import MAX_PARTS, infer

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=----b"

INFERRED = [
    ("true", True),
    ("false", False),
    ("True", "True"),
    ("1", 1),
    ("-1", -1),
    ("0", 0),
    ("1.5", 1.5),
    ("-1.5", -1.5),
    ("0.1", 0.1),
    ("-0", "-0"),
    ("01", "01"),
    ("1.0", "1.0"),
    ("1.50", "1.50"),
    ("1e3", "1e3"),
    ("+1", "+1"),
    ("1_0", "1_0"),
    (".5", ".5"),
    ("5.", "5."),
    ("0x1", "0x1"),
    (" 1", " 1"),
    ("-", "-"),
    ("", ""),
    ("NaN", "NaN"),
    ("null", "null"),
    ("9007199254740991", 9007199254740991),
    ("9007199254740993", "9007199254740993"),
    ("12345678901234567890", "12345678901234567890"),
    ("0.0000001", "0.0000001"),
    ("١", "١"),
]

URLENCODED: list[tuple[bytes, dict[str, Any]]] = [
    (b"a=x", {"a": "x"}),
    (b"a=1&b=true", {"a": 1, "b": True}),
    (b"a=1&a=2", {"a": [1, 2]}),
    (b"a=true&a=x", {"a": [True, "x"]}),
    (b"a=&a=", {"a": ["", ""]}),
    (b"a", {"a": ""}),
    (b"a=", {"a": ""}),
    (b"=x", {"": "x"}),
    (b"&&", {}),
    (b"a=b+c", {"a": "b c"}),
    (b"a%2B=5", {"a+": 5}),
    (b"a=%ff", {"a": "\ufffd"}),
    (b"a=%00", {"a": "\x00"}),
    (b"a[]=1", {"a[]": 1}),
    (b"@jsonPayload=%7B%22a%22%3A%22x%22%7D&a=y&b=1", {"a": "x", "b": 1}),
    (
        b"@jsonPayload=%7B%22a%22%3A1%7D&@jsonPayload=%7B%22a%22%3A2%2C%22b%22%3A%223%22%7D",
        {"a": 2, "b": "3"},
    ),
    (b"@jsonPayload=null", {}),
]

URLENCODED_REFUSED = [
    b"a=b;c",
    b"a=%zz",
    b"a=%",
    b"@jsonPayload=bad",
    b"@jsonPayload=",
    b"@jsonPayload=[1]",
    b"&".join([b"a=1"] * (MAX_PARTS + 1)),
]


def part(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    return (
        b'------b\r\nContent-Disposition: form-data; name="'
        + name
        + b'"'
        + more
        + b"\r\n\r\n"
        + value
        + b"\r\n"
    )


END = b"------b--\r\n"

PARTS: list[tuple[bytes, dict[str, Any]]] = [
    (END, {}),
    (part(b"a", b"x") + part(b"b", b"4") + END, {"a": "x", "b": 4}),
    (part(b"a", b"true") + part(b"a", b"4") + END, {"a": [True, 4]}),
    (part(b"a", b"") + END, {"a": ""}),
    (part(b"a", b"line1\r\nline2\r\n") + END, {"a": "line1\r\nline2\r\n"}),
    (part(b"a", b"------bb") + END, {"a": "------bb"}),
    (part(b"a", b"\xff\xfe") + END, {"a": "\ufffd\ufffd"}),
    (part(b"a", b"x", b"\r\nContent-Type: text/plain") + END, {"a": "x"}),
    (part(b"@jsonPayload", b'{"a":"x","n":2}') + END, {"a": "x", "n": 2}),
    (part(b"", b"x") + END, {}),
    (part(b"a", b"x", b'; filename=""') + END, {"a": "x"}),
    (part(b"a", b"x", b'; filename="a.txt"') + END, {"a": Upload("a.txt", "", b"x")}),
    (
        part(b"a", b"\x00\xff\r\n", b'; filename="\xc3\xa9.png"\r\nContent-Type: image/png') + END,
        {"a": Upload("é.png", "image/png", b"\x00\xff\r\n")},
    ),
    (part(b"a", b"x", b'; filename="../../etc/passwd"') + END, {"a": Upload("passwd", "", b"x")}),
    (part(b"a", b"x", b'; filename="C:\\\\b.txt"') + END, {"a": Upload("C:\\b.txt", "", b"x")}),
    (part(b"a", b"x", b'; filename="a\\"b.txt"') + END, {"a": Upload('a"b.txt', "", b"x")}),
    (part(b"a", b"x", b'; filename="a"b.txt"') + END, {}),
    (part(b"a", b"x", b'; filename="a') + END, {}),
    (part(b"a", b"x", b'; filename="a\r\nX-Header: b"') + END, {}),
    (part(b"a", b"x", b" ; filename = f.txt ;") + END, {"a": Upload("f.txt", "", b"x")}),
    (part(b"a", b"x", b'; filename="a\r\n b.txt"') + END, {"a": Upload("a b.txt", "", b"x")}),
    (part(b"@jsonPayload", b"{", b'; filename="a.json"') + END, {}),
    (
        part(b"a", b"1", b'; filename="1"') + part(b"a", b"old_name.txt") + END,
        {"a": [Upload("1", "", b"1"), "old_name.txt"]},
    ),
    (b'------b\nContent-Disposition: form-data; name="a"\n\nx\n------b--\n', {"a": "x"}),
    (b"preamble\r\n" + part(b"a", b"x") + END + b"epilogue", {"a": "x"}),
    (b"------b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n------b--", {"a": "x"}),
    (b"------b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n" + END, {}),
    (b"------b\r\nContent-Type: text/plain\r\n\r\nx\r\n" + END, {}),
    (b"------b\r\n\r\nx\r\n" + END, {}),
]

PARTS_REFUSED = [b"x", b"--", part(b"a", b"x"), b"------b\r\nContent-Disposition: form-data\r\n" + END]
PARTS_REFUSED += [
    part(b"a", b"x", b'; filename="' + bad + b'"') + END
    for bad in (b"a\x00", b"a\x01", b"a\x7f", b"a\r", b"a\r\nb", b"a\r\n: b", b"a\xff")
]

BOUNDARIES = ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other"]


@pytest.mark.parametrize(("text", "expected"), INFERRED)
def test_inferred(text: str, expected: Any) -> None:
    assert infer(text) == expected
    assert type(infer(text)) is type(expected)


@given(st.text() | st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", fullmatch=True))
def test_inferring_loses_nothing(text: str) -> None:
    value = infer(text)
    assert (str(value).lower() if isinstance(value, bool) else str(value)) == text


@pytest.mark.parametrize(("raw", "expected"), URLENCODED)
def test_urlencoded(raw: bytes, expected: dict[str, Any]) -> None:
    assert read_body(raw, FORM) == expected


@pytest.mark.parametrize("raw", URLENCODED_REFUSED, ids=lambda given: repr(given)[:20])
def test_urlencoded_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read_body(raw, FORM)


@pytest.mark.parametrize(("raw", "expected"), PARTS, ids=lambda given: repr(given)[:60])
def test_multipart(raw: bytes, expected: dict[str, Any]) -> None:
    assert read_body(raw, MULTIPART) == expected


def test_multipart_with_a_quoted_boundary() -> None:
    assert read_body(part(b"a", b"x") + END, 'multipart/form-data; boundary="----b"') == {"a": "x"}


@pytest.mark.parametrize("raw", PARTS_REFUSED)
def test_multipart_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read_body(raw, MULTIPART)


@pytest.mark.parametrize("content_type", BOUNDARIES)
def test_multipart_without_its_boundary(content_type: str) -> None:
    with pytest.raises(UnreadableBody):
        read_body(part(b"a", b"x") + END, content_type)


@given(st.binary(max_size=200))
def test_an_upload_arrives_as_it_was_sent(content: bytes) -> None:
    raw = part(b"a", content, b'; filename="f"') + END
    assert read_body(raw, MULTIPART) == {"a": Upload("f", "", content)}


@given(
    st.lists(
        st.sampled_from(
            [
                b"------b",
                b"--",
                b"\r\n",
                b"\n",
                b"Content-Disposition: form-data; name=",
                b'"',
                b"a",
                b"@jsonPayload",
                b"{}",
                b"; filename=",
                b"*=utf-8''x",
                b"\xff",
                b":",
            ]
        ),
        max_size=20,
    )
)
def test_any_parts_are_read_or_refused(pieces: list[bytes]) -> None:
    with suppress(UnreadableBody):
        read_body(b"".join(pieces), MULTIPART)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("name", [b";" * 60_000, b";" * 101, b"a" * 8192])
def test_headers_of_a_part_are_short(name: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read_body(part(name, b"x") + END, MULTIPART)


@pytest.mark.timeout(5)
def test_a_content_type_is_short() -> None:
    with pytest.raises(UnreadableBody):
        read_body(END, 'multipart/form-data; boundary="' + "a=b;" * 30_000)
