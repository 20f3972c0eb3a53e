"""JSON of other servers: what has one meaning only."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.security.foreign_json import DEEPEST, read_foreign_json

REFUSED = {
    "no JSON": b"nonsense",
    "nothing": b"",
    "no number": b'{"a":NaN}',
    "without end": b'{"a":-Infinity}',
    "too large a number": b'{"a":1e400}',
    "too many digits": b'{"a":' + b"9" * 5000 + b"}",
    "half a character": b'{"a":"\\ud800"}',
    "half a character in a name": b'{"\\udfff":1}',
    "a name twice": b'{"a":1,"a":2}',
    "a name twice within": b'{"b":[{"a":1,"a":1}]}',
    "a mark before": b'\xef\xbb\xbf{"a":1}',
    "another coding": '{"a":1}'.encode("utf-16"),
    "no UTF-8": b'{"a":"\xff"}',
    "more after it": b'{"a":1} x',
    "too deep a list": b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    "too deep an object": b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
    "deeper than can be read": b"[" * 100_000,
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(kind: str) -> None:
    with pytest.raises(ValueError):
        read_foreign_json(REFUSED[kind])


def test_as_deep_as_may_be() -> None:
    assert read_foreign_json(b"[" * DEEPEST + b"]" * DEEPEST)


PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(value=PLAIN)
def test_what_is_plain_is_read(value: Any) -> None:
    assert read_foreign_json(json.dumps(value).encode()) == value
