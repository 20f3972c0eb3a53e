"""A request as rules see it: what ``@request.*`` means."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.schema.record import Record


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class RequestInfo:
    """Who asks, how, and with what.

    `query` and `headers` hold one text per key (the first given); header names are lower case with ``_``
    for ``-``. `body` is the parsed body, {} when there is none; it is read when first looked at, and that is
    when an unreadable one raises. `context` is PocketBase's
    ``@request.context``: default, oauth2, otp, password, realtime, protectedFile, batch or expand.
    """

    method: str = "GET"
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    auth: Record | None = None
    context: str = "default"
    ip: str = ""

    @property
    def is_superuser(self) -> bool:
        """Whether a superuser asks: every rule passes."""
        return self.auth is not None and self.auth.is_superuser

    def within(self, context: str) -> "RequestInfo":
        """The same request in another context."""
        return replace(self, context=context)
