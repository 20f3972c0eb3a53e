"""Errors as a client sees them."""

import pytest
from chalice.app import ChaliceUnhandledError

from chalicelib.errors import (
    ApiError,
    BadRequest,
    Forbidden,
    InternalError,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    UnreadableBody,
    ValidationFailed,
)

SHOWN = [
    (BadRequest(), 400, "Something went wrong while processing your request."),
    (UnreadableBody(), 400, "Something went wrong while processing your request."),
    (ValidationFailed(), 400, "An error occurred while validating the submitted data."),
    (Unauthorized(), 401, "The request requires valid record authorization token."),
    (Forbidden(), 403, "You are not allowed to perform this request."),
    (NotFound(), 404, "The requested resource wasn't found."),
    (TooLarge(), 413, "Request entity too large"),
    (TooManyRequests(), 429, "Too Many Requests."),
    (InternalError(), 500, "Something went wrong while processing your request."),
    (NotFound("missing collection context"), 404, "Missing collection context."),
    (NotFound("missing!"), 404, "Missing!"),
    (NotFound("missing? "), 404, "Missing?"),
]


@pytest.mark.parametrize(("error", "status", "message"), SHOWN)
def test_shown(error: ApiError, status: int, message: str) -> None:
    assert error.to_json() == {"data": {}, "message": message, "status": status}


def test_data_comes_along() -> None:
    data = {"title": {"code": "validation_required", "message": "Cannot be blank."}}
    assert ValidationFailed("no", data).to_json() == {"data": data, "message": "No.", "status": 400}


def test_the_middleware_gets_to_see_them() -> None:
    assert issubclass(ApiError, ChaliceUnhandledError)
