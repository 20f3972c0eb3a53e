"""Every error that becomes an HTTP answer, with PocketBase's messages.

    ApiError                     status, message, data
      BadRequest            400
        ValidationFailed    400  data names the fields: {"title": {"code", "message"}}
        UnreadableBody      400  the body is not what its content type says
      Unauthorized          401
        SecondFactorNeeded  401  its body is no error's: {"mfaId"}
      Forbidden             403
      NotFound              404
      TooLarge              413
      TooManyRequests       429
      InternalError         500
      Overloaded            503

An ApiError is a ChaliceUnhandledError because Chalice lets nothing else reach the middleware,
which is where it becomes JSON (routes/middleware.py).
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import ChaliceUnhandledError

# Field errors as a client sees them: {"code": ..., "message": ..., "params"?: ...}, nested by key or index.
ErrorData = Mapping[str, Any]


# What endpoints that read a form of their own say of a body that is none.
UNREADABLE = "An error occurred while loading the submitted data."


class ApiError(ChaliceUnhandledError):
    """An answer other than success. ``message`` is shown to the client: never put internals in it."""

    status = 400
    message = "Something went wrong while processing your request."

    def __init__(self, message: str = "", data: ErrorData | None = None) -> None:
        self.message = _as_sentence(message) if message else type(self).message
        self.data: ErrorData = data or {}
        super().__init__(self.message)

    def to_json(self) -> dict[str, Any]:
        """``{"data": {...}, "message": "...", "status": 400}``, PocketBase's error body."""
        return {"data": dict(self.data), "message": self.message, "status": self.status}


class BadRequest(ApiError):
    """The request cannot be understood or carried out."""


class ValidationFailed(BadRequest):
    """Values that were submitted are refused; ``data`` says which and why."""

    message = "An error occurred while validating the submitted data."


class UnreadableBody(BadRequest):
    """The body is not what its content type says. Endpoints with a message of their own catch this one."""


class Unauthorized(ApiError):
    """The route needs a signed-in record."""

    status = 401
    message = "The request requires valid record authorization token."


class SecondFactorNeeded(Unauthorized):
    """The first of two factors was right: sign in by another method, with this id."""

    def __init__(self, mfa_id: str) -> None:
        self.mfa_id = mfa_id
        super().__init__()

    def to_json(self) -> dict[str, Any]:
        """``{"mfaId": "..."}``."""
        return {"mfaId": self.mfa_id}


class Forbidden(ApiError):
    """Signed in or not, this is not for you."""

    status = 403
    message = "You are not allowed to perform this request."


class NotFound(ApiError):
    """Absent, or hidden from this request by a rule."""

    status = 404
    message = "The requested resource wasn't found."


class TooLarge(ApiError):
    """The body is over the route's limit."""

    status = 413
    message = "Request entity too large"


class TooManyRequests(ApiError):
    """A rate limit was reached."""

    status = 429
    message = "Too Many Requests."


class InternalError(ApiError):
    """Our fault. The cause is in the log under the request id, never in the answer."""

    status = 500


class Overloaded(ApiError):
    """The database is throttled, or others write the same items, and the retries are used up."""

    status = 503
    message = "The service is busy at the moment. Try again."


def _as_sentence(text: str) -> str:
    """Capitalised and ended, as PocketBase does to every message."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
