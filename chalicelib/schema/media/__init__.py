"""What kind of file some content is, told from the content alone, as PocketBase tells it.

`mimeTypes` of file fields and the type that a file is served with follow from it, not from what the
uploader says. Only the first bytes are looked at; what is not recognised is ``application/octet-stream``.
"""

from chalicelib.frozen import dataclass
from chalicelib.schema.media.containers import CONTAINERS
from chalicelib.schema.media.signatures import SIGNATURES
from chalicelib.schema.media.texts import type_of_text

READ = 3072
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class MediaType:
    """``image/png`` and ``.png``; `name` may have parameters, as in ``text/plain; charset=utf-8``."""

    name: str
    extension: str

    @property
    def essence(self) -> str:
        """The name without parameters, which is what ``mimeTypes`` list."""
        return self.name.partition(";")[0]


def media_type_of(content: bytes) -> MediaType:
    """The type of a file with this content, or with this beginning of it."""
    head = content[:READ]
    for offset, signature, name, extension in SIGNATURES:
        if head.startswith(signature, offset):
            return MediaType(name, extension)
    for recognise in CONTAINERS:
        if found := recognise(head):
            return MediaType(*found)
    return MediaType(*(type_of_text(head, is_cut=len(content) > READ) or (UNKNOWN, "")))
