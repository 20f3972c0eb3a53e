"""Pictures come from public addresses only."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.auth.oauth2 import avatar, outgoing
from chalicelib.auth.oauth2.avatar import fetch_avatar, find_public_addresses, is_public
from chalicelib.auth.oauth2.outgoing import Call, CallFailed, ask, ask_along, together_within

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "192.0.0.8",
    "192.88.99.1",
    "64:ff9b:1::1",
    "fec0::1",
    "3fff::1",
    "5f00::1",
    "localhost",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(CallFailed):
        find_public_addresses("pictures.example.com", 80, lambda host, port: ["93.184.216.34", address])


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public(address: str) -> None:
    assert find_public_addresses("pictures.example.com", 80, lambda host, port: [address]) == [address]


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up."""


MOVES = {"/moved": "http://169.254.169.254/latest/meta-data", "/next": "/a.gif", "/circle": "circle"}


class Pictures(BaseHTTPRequestHandler):
    seen: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers["Host"]))
        if self.path in MOVES:
            self.send_response(302)
            self.send_header("Location", MOVES[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = b"x" * 2_000_000 if self.path == "/large" else b"GIF89a"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def port() -> Iterator[int]:
    Pictures.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a.gif",
        "http://localhost:{port}/a.gif",
        "http://[::1]:{port}/a.gif",
        "file:///etc/passwd",
        "ftp://example.com/a",
        "//example.com/a",
        "http://user@example.com/a",
        "http:///a",
        "http://[/a",
        "http://example.com:99999/",
        "nonsense",
    ],
)
def test_refused_without_a_call(url: str, port: int) -> None:
    with pytest.raises(CallFailed):
        fetch_avatar(url.format(port=port))
    assert Pictures.seen == []


def test_the_connection_goes_to_what_was_checked(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved once; what it means a moment later does not count."""
    meanings = [["127.0.0.1"], ["169.254.169.254"]]
    monkeypatch.setattr(avatar, "is_public", lambda address: address == "127.0.0.1")
    file = fetch_avatar(f"http://pictures.example.com:{port}/a%20b.gif?s=1", lambda host, at: meanings.pop(0))
    assert (file.name, file.content) == ("a b.gif", b"GIF89a")
    assert Pictures.seen == [("/a%20b.gif?s=1", f"pictures.example.com:{port}")]
    assert meanings == [["169.254.169.254"]]


def test_named_after_what_was_asked_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avatar, "is_public", lambda address: address == "127.0.0.1")
    file = fetch_avatar(f"http://127.0.0.1:{port}/next", lambda host, at: [host])
    assert (file.name, file.content) == ("next", b"GIF89a")


def test_redirects_are_checked_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avatar, "is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(CallFailed):
        fetch_avatar(f"http://127.0.0.1:{port}/moved", lambda host, at: [host])
    assert len(Pictures.seen) == 1


def test_answers_have_bounds(port: int) -> None:
    with pytest.raises(CallFailed, match="too large"):
        ask(Call(f"http://127.0.0.1:{port}/large"))
    assert ask(Call(f"http://127.0.0.1:{port}/moved")).status == 302


@pytest.mark.parametrize(
    "url", ["", "ftp://127.0.0.1/", "http://127.0.0.1:1/", "http://[", "file:///etc/passwd"]
)
def test_calls_that_cannot_be_made(url: str) -> None:
    with pytest.raises(CallFailed):
        ask(Call(url))


def trickle(connection: socket.socket, pieces: Iterator[bytes]) -> None:
    with connection, suppress(OSError):
        connection.recv(65_536)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.02)


TRICKLES = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a chunk's extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"x"),
    "a body without length": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize("kind", TRICKLES)
@pytest.mark.parametrize("own", [True, False], ids=["its own time", "the sign-in's"])
def test_trickles_end(kind: str, own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = TRICKLES[kind]
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.15 if own else 5.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def serve() -> None:
            trickle(server.accept()[0], chain([first], repeat(again, 50)))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(CallFailed), together_within(5.0 if own else 0.15):
            ask(Call(url))
        assert time.monotonic() - began < 0.6
        thread.join(5)


def test_no_call_is_begun_when_time_is_over(port: int) -> None:
    with together_within(0), pytest.raises(CallFailed, match="no time"):
        ask(Call(f"http://127.0.0.1:{port}/a"))
    assert Pictures.seen == []


def test_moves_on_the_same_server_are_followed(port: int) -> None:
    assert ask_along(Call(f"http://127.0.0.1:{port}/next")).body == b"GIF89a"
    for elsewhere, why in (("/moved", "another server"), ("/circle", "too often")):
        with pytest.raises(CallFailed, match=why):
            ask_along(Call(f"http://127.0.0.1:{port}{elsewhere}"))
    assert ask_along(Call(f"http://127.0.0.1:{port}/next", "POST", body=b"")).status == 501


@pytest.mark.parametrize("target", ["", "?s=1", "//a/b.gif"])
def test_addresses_without_a_path(port: int, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.setattr(avatar, "is_public", lambda address: address == "127.0.0.1")
    fetch_avatar(f"http://pictures.example.com:{port}{target}", lambda host, at: ["127.0.0.1"])
    asked = target if target.startswith("/") else f"/{target}"
    assert [path.lstrip("/") for path, _ in Pictures.seen] == [asked.lstrip("/")]


def test_the_next_address_is_tried(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avatar, "is_public", lambda address: True)
    url = f"http://pictures.example.com:{port}/x%00y.gif"
    assert fetch_avatar(url, lambda host, at: ["::1", "127.0.0.1"]).name == "xy.gif"


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[int]:
    """A server whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2099, 1, 1))
    )
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = builder.sign(key, SHA256()).public_bytes(Encoding.PEM) + key.private_bytes(*form)
    (tmp_path / "pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")
    server = Quiet(("127.0.0.1", 0), Pictures)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_certificates_are_checked(impostor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avatar, "is_public", lambda address: True)
    with pytest.raises(CallFailed, match="SSL"):
        ask(Call(f"https://localhost:{impostor}/"))
    with pytest.raises(CallFailed, match="SSL"):
        fetch_avatar(f"https://localhost:{impostor}/a.gif", lambda host, at: ["127.0.0.1"])
