"""Tokens for protected files: they go into addresses, so they are good for minutes and for nothing else."""

from chalicelib.auth.identify import find_bearer
from chalicelib.auth.tokens import FILE, new_token
from chalicelib.errors import Unauthorized
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record


def give_file_token(request: RequestInfo) -> str:
    """A token for whoever asks. Raises Unauthorized for guests."""
    if request.auth is None:
        raise Unauthorized()
    return new_token(request.auth, FILE)


def find_file_bearer(text: str) -> Record | None:
    """The record that a file token was given to; None for any other text."""
    return find_bearer(text, FILE)
