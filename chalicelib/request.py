"""A request as rules see it: what ``@request.*`` means."""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.file import NewFile, Source, new_file
from chalicelib.schema.media import media_type_of
from chalicelib.schema.media.names import new_file_name
from chalicelib.schema.record import Record


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body. Its `content_type` is the client's word, on which nothing depends.

    Or one that was uploaded before: then `source` is where it is, and `content` the beginning of it.
    """

    name: str
    content_type: str
    content: bytes
    source: Source | None = None
    whole_size: int = 0

    @property
    def size(self) -> int:
        """How many bytes the whole file has."""
        return self.whole_size if self.source else len(self.content)

    @cached_property
    def stored_name(self) -> str:
        """What it is going to be called: made once, however often the write starts over."""
        return new_file_name(self.name, media_type_of(self.content).extension)

    def to_new_file(self) -> NewFile:
        """The value that a record has of it."""
        file = new_file(self.stored_name, self.name, self.content)
        file.size, file.source = self.size, self.source
        return file


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
