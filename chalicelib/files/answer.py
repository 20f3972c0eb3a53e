"""What is answered to who asks for a file: headers, which part, or where else to get it."""

from collections.abc import Mapping
from dataclasses import field
from email.utils import format_datetime

from chalicelib import ids
from chalicelib.files.conditions import refused_status, wanted_range
from chalicelib.files.ranges import BadRange, Part, read_ranges
from chalicelib.files.store import Held, get_store
from chalicelib.frozen import dataclass
from chalicelib.request import RequestInfo

# What a function can return, which is Base64 on its way, and a little room.
MOST_BYTES = 4_500_000
INLINE = frozenset(
    {
        "application/pdf",
        "application/x-pdf",
        *(
            f"audio/{name}"
            for name in ("aac", "aiff", "basic", "midi", "mp3", "mpeg", "wav", "wave", "x-m4a", "x-wav")
        ),
        *(f"image/{name}" for name in ("bmp", "gif", "jpeg", "jpg", "png", "webp", "x-icon")),
        *(f"video/{name}" for name in ("3gpp", "mp4", "quicktime", "webm", "x-ms-wmv")),
    }
)
WORD = "application/vnd.openxmlformats-officedocument"
# Types that browsers must be told whatever the content looks like.
BY_EXTENSION = {
    ".svg": "image/svg+xml",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".docx": f"{WORD}.wordprocessingml.document",
    ".xlsx": f"{WORD}.spreadsheetml.sheet",
    ".pptx": f"{WORD}.presentationml.presentation",
}
CACHE = "max-age=2592000, stale-while-revalidate=86400"
SANDBOX = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class FileAnswer:
    """Status, headers and bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Shown:
    """A file as it is going to be shown: under which name, whether to save or to look at."""

    held: Held
    name: str
    download: bool = False
    content: bytes | None = field(default=None, repr=False)

    @property
    def media_type(self) -> str:
        """What the client is told that it is."""
        return BY_EXTENSION.get(self.name[self.name.rfind(".") :], self.held.media_type)

    @property
    def disposition(self) -> str:
        """``inline; filename="..."``"""
        is_inline = not self.download and self.held.media_type.partition(";")[0] in INLINE
        return f'{"inline" if is_inline else "attachment"}; filename="{self.name}"'

    @property
    def headers(self) -> dict[str, str]:
        """What every answer about it says."""
        return {"Content-Disposition": self.disposition, "Content-Security-Policy": SANDBOX}


def answer_file(shown: Shown, request: RequestInfo) -> FileAnswer:
    """The file, a part of it, that nothing has changed, or a link to where it is. Raises Missing."""
    held, headers = shown.held, request.headers
    cached = {**shown.headers, "Cache-Control": CACHE, "ETag": held.etag, "Last-Modified": _written(held)}
    if status := refused_status(headers, held):
        return FileAnswer(status, cached if status == 304 else {**cached, "Content-Type": shown.media_type})
    try:
        parts = read_ranges(wanted_range(headers, held), held.size)
    except BadRange as bad:
        told = {} if bad.size is None else {"Content-Range": f"bytes */{bad.size}"}
        return FileAnswer(416, {**shown.headers, **told, "Content-Type": TEXT}, f"{bad}\n".encode())
    wanted = sum(part.length for part in parts) or held.size
    whole = {**cached, "Accept-Ranges": "bytes", "Content-Type": shown.media_type}
    if request.method == "HEAD" and len(parts) < 2:
        return _without_body(whole, parts, held)
    if wanted > MOST_BYTES:
        return _elsewhere(shown)
    if not parts:
        return FileAnswer(200, whole, _read(shown, Part(0, held.size)))
    if len(parts) == 1:
        told = {"Content-Range": parts[0].describe(held.size)}
        return FileAnswer(206, {**whole, **told}, _read(shown, parts[0]))
    return _several(shown, parts, whole)


def _without_body(headers: Mapping[str, str], parts: list[Part], held: Held) -> FileAnswer:
    told = {"Content-Range": parts[0].describe(held.size)} if parts else {}
    size = parts[0].length if parts else held.size
    return FileAnswer(206 if parts else 200, {**headers, **told, "Content-Length": str(size)})


def _several(shown: Shown, parts: list[Part], headers: Mapping[str, str]) -> FileAnswer:
    boundary = ids.random_text(60, ids.RECORD_ID_ALPHABET)
    body = b""
    for part in parts:
        head = f"Content-Range: {part.describe(shown.held.size)}\r\nContent-Type: {shown.media_type}"
        body += f"\r\n--{boundary}\r\n{head}\r\n\r\n".encode() + _read(shown, part)
    told = {"Content-Type": f"multipart/byteranges; boundary={boundary}"}
    return FileAnswer(
        206, {**headers, **told}, body.removeprefix(b"\r\n") + f"\r\n--{boundary}--\r\n".encode()
    )


def _elsewhere(shown: Shown) -> FileAnswer:
    link = get_store().link(
        shown.held.key,
        ResponseContentType=shown.media_type,
        ResponseContentDisposition=shown.disposition,
        ResponseCacheControl=CACHE,
    )
    return FileAnswer(302, {**shown.headers, "Cache-Control": "no-store", "Location": link})


def _read(shown: Shown, part: Part) -> bytes:
    if not part.length:
        return b""
    if shown.content is not None:
        return shown.content[part.start : part.start + part.length]
    return get_store().read(shown.held.key, part.start, part.start + part.length - 1)


def _written(held: Held) -> str:
    return format_datetime(held.modified, usegmt=True)
