"""Keeps secrets out of logs: what is shown in place of a token, a password or a key."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

HIDDEN = "***"
EXPRESSIONS = {"filter", "sort"}
_SECRET_NAME = re.compile(
    r"token|password|secret|authorization|cookie|api.?key|signature|credential|mfa.?id|^(code|state)$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<![\w-])[\w-]{8,}+\.[\w-]{8,}+\.[\w-]{8,}+")


def redact_text(text: str) -> str:
    """The text with anything that looks like a JWT hidden."""
    return _TOKEN.sub(HIDDEN, text)


def redact_values(values: Mapping[str, str]) -> dict[str, str]:
    """Query parameters or headers, the secret ones hidden."""
    return {name: HIDDEN if _is_secret(name, value) else redact_text(value) for name, value in values.items()}


def redact_url(url: str) -> str:
    """A URL with what is secret in its query hidden.

    >>> redact_url("/api/files/a/b/c.png?thumb=100x100&token=abc")
    '/api/files/a/b/c.png?thumb=100x100&token=***'
    """
    path, mark, query = url.partition("?")
    given = parse_qsl(query, keep_blank_values=True)
    pairs = [pair for name, value in given for pair in redact_values({name: value}).items()]
    return redact_text(path) + mark + urlencode(pairs, quote_via=quote, safe="!'()*", errors="replace")


def _is_secret(name: str, value: str) -> bool:
    """Whether a value is secret by its name; what a filter compares with a secret field is one, too."""
    return bool(_SECRET_NAME.search(name) or (name in EXPRESSIONS and _SECRET_NAME.search(value)))
