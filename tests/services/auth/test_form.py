"""What a sign-in form submits."""

from typing import Any

import pytest

from chalicelib.auth.form import check_text, read_form
from chalicelib.errors import BadRequest
from chalicelib.request import RequestInfo

JSON = {"content_type": "application/json"}
NAMES = ("identity", "password")

FORMS: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"identity": "a", "password": "b"}, "application/json", {"identity": "a", "password": "b"}),
    ({"IDENTITY": "a", "Password": "b"}, "application/json", {"identity": "a", "password": "b"}),
    ({"identity": None}, "application/json", {}),
    ({}, "application/json", {}),
    (
        {"identity": 5, "password": True},
        "application/x-www-form-urlencoded",
        {"identity": "5", "password": "true"},
    ),
    (
        {"identity": 1.5, "password": False},
        "multipart/form-data; boundary=x",
        {"identity": "1.5", "password": "false"},
    ),
    ({"IDENTITY": "a", "Password": "b"}, "application/x-www-form-urlencoded", {}),
    ({"identity": ["a", "b"]}, "application/x-www-form-urlencoded", {"identity": "a"}),
]


@pytest.mark.parametrize(("body", "content_type", "expected"), FORMS)
def test_forms(body: dict[str, Any], content_type: str, expected: dict[str, str]) -> None:
    request = RequestInfo(headers={"content_type": content_type}, body=body)
    assert read_form(request, NAMES) == {"identity": "", "password": "", **expected}


@pytest.mark.parametrize("value", [5, 1.5, True, ["a"], {"a": 1}])
def test_wrong_types(value: Any) -> None:
    with pytest.raises(BadRequest, match=r"An error occurred while loading the submitted data\."):
        read_form(RequestInfo(headers=JSON, body={"identity": value}), NAMES)


@pytest.mark.parametrize(
    ("text", "longest", "code"),
    [
        ("", 5, "validation_required"),
        ("abcde", 5, ""),
        ("abcdef", 5, "validation_length_out_of_range"),
        ("éé", 4, ""),
        ("ééé", 5, "validation_length_out_of_range"),
    ],
)
def test_lengths_are_counted_in_bytes(text: str, longest: int, code: str) -> None:
    problem = check_text(text, longest)
    assert (problem.code if problem else "") == code
    if code.endswith("range"):
        assert problem is not None
        assert problem.params == {"max": longest, "min": 1}
