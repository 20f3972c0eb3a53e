"""Answers as bytes."""

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import BadRequest
from chalicelib.request import RequestInfo
from chalicelib.routes.answer import (
    MAX_BYTES,
    answer,
    answer_written,
    json_answer,
    no_content,
    to_json,
    write_number,
)

WRITTEN: list[tuple[Any, str]] = [
    ({"a": 1, "b": [1.5, True, None]}, '{"a":1,"b":[1.5,true,null]}'),
    ("<b>&'ü☃😀</b>", '"<b>&\'ü☃😀</b>"'),
    ('"\\\n\x00', '"\\"\\\\\\n\\u0000"'),
    ("\ud800x", '"?x"'),
    (MappingProxyType({"a": MappingProxyType({"b": 1})}), '{"a":{"b":1}}'),
    ((1, 2), "[1,2]"),
]


NUMBERS = [
    (0.0, "0"),
    (1.0, "1"),
    (1.5, "1.5"),
    (-1.5, "-1.5"),
    (0.1, "0.1"),
    (0.0001, "0.0001"),
    (0.00001, "0.00001"),
    (1e-6, "0.000001"),
    (1e-7, "1e-7"),
    (-1.5e-10, "-1.5e-10"),
    (1e-300, "1e-300"),
    (9007199254740992.0, "9007199254740992"),
    (1.2345678901234568e17, "123456789012345680"),
    (-1e20, "-100000000000000000000"),
    (1e21, "1e+21"),
    (1.2345678901234568e29, "1.2345678901234568e+29"),
    (1.7976931348623157e308, "1.7976931348623157e+308"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_numbers_as_go_writes_them(number: float, text: str) -> None:
    assert write_number(number) == text
    assert (
        to_json({"a": [number, (number, "1e-07 1.0")]}).decode() == f'{{"a":[{text},[{text},"1e-07 1.0"]]}}'
    )


@given(st.floats(allow_nan=False, allow_infinity=False), st.text())
def test_any_number_is_read_back_as_it_was(number: float, text: str) -> None:
    written = to_json([number, text, {text: number}])
    assert json.loads(written, parse_int=float) == [number, text, {text: number}]


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


LARGE = "x" * MAX_BYTES


def test_an_answer_that_a_function_cannot_return_is_refused() -> None:
    with pytest.raises(BadRequest, match="too large"):
        answer(RequestInfo(), {"a": LARGE})


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"id": "1", "a": "x", "expand": {"b": "y"}}, {"id": "1", "a": "x", "expand": {"b": "y"}}),
        ({"id": "1", "a": "x", "expand": {"b": LARGE}}, {"id": "1", "a": "x"}),
        ({"id": "1", "a": LARGE, "expand": {}}, {"id": "1"}),
    ],
    ids=["small", "large expand", "large record"],
)
def test_what_was_written_is_always_answered(data: dict[str, Any], shown: dict[str, Any]) -> None:
    assert json.loads(answer_written(RequestInfo(), data).body) == shown


def test_what_is_nested_too_deep_to_go_through_is_answered_nevertheless() -> None:
    value: Any = 1.0
    for _ in range(600):
        value = [value]
    assert json.loads(to_json(value)) == value
