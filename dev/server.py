"""A gateway over HTTP/1.1: threads, connections kept alive, one write per answer."""

import traceback
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from chalicelib.errors import InternalError, TooLarge
from dev.event import HttpRequest
from dev.gateway import BODY_MAX, Answer, Gateway, refusal

HOST = "127.0.0.1"
IDLE_SECONDS = 75
DRAIN_MAX = 4 * BODY_MAX


class BadMessage(Exception):
    """What came over the wire is not HTTP."""


class Server(ThreadingHTTPServer):
    """Listens, and gives every connection a thread that ends with the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, gateway: Gateway, port: int) -> None:
        self.gateway = gateway
        super().__init__((HOST, port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nobody's error."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    rbufsize = 64 * 1024

    def handle_any(self) -> None:
        """Read one request, write one answer."""
        try:
            body = self._read_body()
        except BadMessage:
            self.close_connection = True
            self._write((400, {"Content-Type": "text/plain; charset=utf-8"}, b"400 Bad Request"))
            return
        self._write(self._answer(body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def __getattr__(self, name: str) -> object:
        """Methods that HTTP has but nobody uses get an answer as well."""
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:
        """The application logs its requests itself."""

    def _answer(self, body: bytes | None) -> Answer:
        headers = _all_headers(self.headers.items())
        request = HttpRequest(self.command, self.path, headers, body or b"", self.client_address[0])
        if body is None:
            return refusal(request, TooLarge)
        try:
            return self.server.gateway.answer(request)
        except Exception:  # noqa: BLE001 - the edge: whatever happens, the client gets an answer
            traceback.print_exc()
            return refusal(request, InternalError)

    def _read_body(self) -> bytes | None:
        """The body; None when it is larger than any gateway takes."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            raise BadMessage(length)
        if int(length) <= BODY_MAX:
            return self.rfile.read(int(length))
        self._drain(int(length))
        return None

    def _read_chunks(self) -> bytes | None:
        chunks: list[bytes] = []
        size = 0
        while length := self._read_chunk_length():
            size += length
            if size > DRAIN_MAX:
                self.close_connection = True
                return None
            chunk = self.rfile.read(length)
            chunks += [chunk] if size <= BODY_MAX else []
            self.rfile.readline(8)
        while self.rfile.readline(4096).strip():
            continue  # trailers
        return b"".join(chunks) if size <= BODY_MAX else None

    def _read_chunk_length(self) -> int:
        try:
            length = int(self.rfile.readline(64).split(b";")[0].strip() or b"x", 16)
        except ValueError as error:
            raise BadMessage("chunk length") from error
        if length < 0:
            raise BadMessage("chunk length")
        return length

    def _drain(self, length: int) -> None:
        """Read on, so that a client that is still sending gets to see the answer; within reason."""
        if length > DRAIN_MAX:
            self.close_connection = True
        left = min(length, DRAIN_MAX)
        while left and (chunk := self.rfile.read(min(left, 1 << 20))):
            left -= len(chunk)

    def _write(self, answer: Answer) -> None:
        status, headers, body = answer
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('',))[0]}"]
        lines += [f"{name}: {_one_line(value)}" for name, value in headers.items()]
        lines.append(f"Date: {formatdate(usegmt=True)}")
        if status not in (204, 304) and self.command != "HEAD" and "Content-Length" not in headers:
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        self.wfile.write(head + (b"" if self.command == "HEAD" else body))


def _all_headers(items: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in items:
        headers.setdefault(name, []).append(value)
    return dict(headers)


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
