"""JSON bodies, and which content types there are. Expectations were taken from PocketBase 0.40.6."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import ApiError, BadRequest, TooLarge, UnreadableBody
from chalicelib.routes.bodies import MAX_BODY_BYTES, MAX_DEPTH, LazyBody, read_body

JSON = "application/json"

READ: list[tuple[bytes, dict[str, Any]]] = [
    (b"", {}),
    (b"null", {}),
    (b"{}", {}),
    (b'  {"a":"ws"}  ', {"a": "ws"}),
    (b'{"a":1}{"a":2}', {"a": 1}),
    (b'{"a":1} nope', {"a": 1}),
    (b'{"a":1}\xff', {"a": 1}),
    (b'{"":1}', {"": 1}),
    (b'{"A":1,"a":2}', {"A": 1, "a": 2}),
    (b'{"a":"\\ud83d\\ude00"}', {"a": "😀"}),
    (b'{"a":"\\u0000x"}', {"a": "\x00x"}),
    (b'{"a":"\x7f"}', {"a": "\x7f"}),
    (b'{"a":1e308}', {"a": 1e308}),
    (b'{"a":1e-400}', {"a": 0}),
    (b'{"a":1.0}', {"a": 1}),
    (b'{"a":9007199254740993}', {"a": 9007199254740992.0}),
    (b'{"a":123456789012345678901234567890}', {"a": 1.2345678901234568e29}),
]

UNREADABLE = [
    b"   ",
    b"\n",
    b"[]",
    b"[1]",
    b"1",
    b'"a"',
    b"true",
    b"tru",
    b"nul",
    b"{",
    b"{bad",
    b'{"a":1,}',
    b"{'a':1}",
    b"{a:1}",
    b'{"a":1 /*c*/}',
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":-Infinity}',
    b'{"a":1e400}',
    b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":01}',
    b'{"a":+1}',
    b'{"a":.5}',
    b'{"a":1.}',
    b'{"a":1,"a":2}',
    b'{"b":{"a":1,"a":2}}',
    b'{"a":"\xff\xfe"}',
    b'{"a":"\\ud800"}',
    b'{"\\ud800":1}',
    b'{"a":"a\x00b"}',
    b'{"a":"a\nb"}',
    b'{"a":"\\x"}',
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":"\xc3',
    b'{"a":' + b"[" * 100_000,
    b'{"a":' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}",
]

TYPES = [
    ("application/json", True),
    ("application/json; charset=utf-8", True),
    ("application/json;", True),
    (" application/json", True),
    ("application/jsonx", True),
    ("APPLICATION/JSON", False),
    ("application/problem+json", False),
    ("text/json", False),
    ("text/plain", False),
    ("foo/bar", False),
    ("", False),
    (";", False),
]


@pytest.mark.parametrize(("raw", "expected"), READ)
def test_read(raw: bytes, expected: dict[str, Any]) -> None:
    values = read_body(raw, JSON)
    assert values == expected
    assert [type(value) for value in values.values()] == [type(value) for value in expected.values()]


@pytest.mark.parametrize("raw", UNREADABLE, ids=lambda given: repr(given)[:30])
def test_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read_body(raw, JSON)


@pytest.mark.parametrize(("content_type", "is_known"), TYPES)
def test_types(content_type: str, is_known: bool) -> None:
    if is_known:
        assert read_body(b'{"a":1}', content_type) == {"a": 1}
        return
    with pytest.raises(BadRequest, match=r"Unsupported Content-Type\.") as caught:
        read_body(b'{"a":1}', content_type)
    assert not isinstance(caught.value, UnreadableBody)


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8"])
def test_xml_is_a_type_without_a_reader(content_type: str) -> None:
    with pytest.raises(UnreadableBody):
        read_body(b"<a/>", content_type)


def test_without_a_body_the_type_does_not_matter() -> None:
    assert read_body(b"", "foo/bar") == {}


def test_size() -> None:
    with pytest.raises(TooLarge):
        read_body(b" " * (MAX_BODY_BYTES + 1), JSON)


def test_a_body_at_the_limit_is_read() -> None:
    padded = b'{"a":1}'.ljust(MAX_BODY_BYTES)
    assert read_body(padded, JSON) == {"a": 1}


def test_the_deepest_nesting() -> None:
    inner = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)
    assert "a" in read_body(b'{"a":' + inner + b"}", JSON)


def test_a_lazy_body_is_read_when_looked_at() -> None:
    body = LazyBody(b"{bad", JSON)
    with pytest.raises(UnreadableBody):
        len(body)


def test_a_lazy_body_is_a_mapping() -> None:
    body = LazyBody(b'{"a":1,"b":2}', JSON)
    assert (dict(body), body["a"], len(body), "c" in body, body.get("c")) == (
        {"a": 1, "b": 2},
        1,
        2,
        False,
        None,
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values), st.booleans())
def test_what_json_says_is_what_is_read(values: dict[str, Any], escaped: bool) -> None:
    assert read_body(json.dumps(values, ensure_ascii=escaped).encode(), JSON) == values


@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]":,0e-1\\u', max_size=40).map(str.encode),
    st.sampled_from(
        [
            JSON,
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b",
            "multipart/form-data",
            "text/xml",
            "x",
        ]
    ),
)
def test_any_bytes_are_read_or_refused(raw: bytes, content_type: str) -> None:
    try:
        values = read_body(raw, content_type)
    except ApiError as error:
        assert error.status == 400
    else:
        json.dumps({name: str(value) for name, value in values.items()}).encode()
