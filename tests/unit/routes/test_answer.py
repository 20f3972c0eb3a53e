"""Answers as bytes."""

from types import MappingProxyType
from typing import Any

import pytest

from chalicelib.errors import BadRequest
from chalicelib.request import RequestInfo
from chalicelib.routes.answer import answer, json_answer, no_content, to_json

WRITTEN: list[tuple[Any, str]] = [
    ({"a": 1, "b": [1.5, True, None]}, '{"a":1,"b":[1.5,true,null]}'),
    ("<b>&'ü☃😀</b>", '"<b>&\'ü☃😀</b>"'),
    ('"\\\n\x00', '"\\"\\\\\\n\\u0000"'),
    ("\ud800x", '"?x"'),
    (MappingProxyType({"a": MappingProxyType({"b": 1})}), '{"a":{"b":1}}'),
    ((1, 2), "[1,2]"),
]


@pytest.mark.parametrize(("data", "text"), WRITTEN)
def test_json(data: Any, text: str) -> None:
    assert to_json(data).decode() == text


@pytest.mark.parametrize("data", [b"bytes", object(), {1, 2}])
def test_what_is_no_json_is_a_mistake_of_ours(data: Any) -> None:
    with pytest.raises(TypeError):
        to_json(data)


def test_an_answer_is_cut_to_the_wanted_fields() -> None:
    response = answer(RequestInfo(query={"fields": "a"}), {"a": 1, "b": 2}, 201)
    assert (response.status_code, response.body) == (201, b'{"a":1}')
    assert response.headers == {"Content-Type": "application/json"}


def test_impossible_fields_are_refused() -> None:
    with pytest.raises(BadRequest):
        answer(RequestInfo(query={"fields": "a:nope"}), {"a": 1})


def test_a_whole_answer() -> None:
    assert json_answer({"a": 1, "b": 2}, 400).body == b'{"a":1,"b":2}'


def test_nothing_to_say() -> None:
    assert (no_content().status_code, no_content().body) == (204, b"")
