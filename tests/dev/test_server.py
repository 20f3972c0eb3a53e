"""The gateway over HTTP: connections, bodies, and what is no HTTP."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest
from chalice import Chalice, Response

from dev.gateway import BODY_MAX, Gateway
from dev.server import HOST, Server


def make_app() -> Chalice:
    app = Chalice(app_name="sample", configure_logs=False)
    app.api.binary_types = ["*/*"]

    @app.route("/echo", methods=["GET", "HEAD", "POST", "DELETE"], content_types=[], name="echo")
    def echo() -> Response:
        request = app.current_request
        if "fail" in (request.query_params or {}):
            raise SystemError("secret")
        if request.method == "DELETE":
            return Response(b"", status_code=204)
        return Response(request.raw_body, headers={"Content-Type": "text/plain"})

    return app


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Server(Gateway(make_app()), 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    yield connection
    connection.close()


def ask(connection: http.client.HTTPConnection, method: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection.request(method, "/echo", body, {"Accept": "*/*"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def send(port: int, message: bytes) -> bytes:
    """Bytes as they are; everything that comes back until the server closes."""
    with socket.create_connection((HOST, port), timeout=10) as client:
        client.sendall(message)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "POST", b"one") == (200, b"one")
    opened = connection.sock
    assert ask(connection, "HEAD") == (200, b"")
    assert ask(connection, "DELETE") == (204, b"")
    assert ask(connection, "PUT", b"x")[0] == 404
    assert ask(connection, "OPTIONS") == (204, b"")
    assert ask(connection, "BREW")[0] == 404
    assert ask(connection, "POST", b"two") == (200, b"two")
    assert connection.sock is opened


def test_requests_run_side_by_side(port: int) -> None:
    answers: dict[int, bytes] = {}

    def work(number: int) -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        for _ in range(20):
            answers[number] = ask(connection, "POST", b"%d" % number)[1]
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: b"%d" % number for number in range(8)}


def test_chunked_bodies(connection: http.client.HTTPConnection) -> None:
    connection.request(
        "POST", "/echo", iter([b"ab", b"c" * 70_000, b"d"]), {"Accept": "*/*"}, encode_chunked=True
    )
    assert connection.getresponse().read() == b"ab" + b"c" * 70_000 + b"d"
    assert ask(connection, "POST", b"next") == (200, b"next")


def test_a_header_that_is_sent_back_stays_one_header(port: int) -> None:
    folded = b"Access-Control-Request-Headers: a\r\n X-B: 2\r\n"
    answer = send(port, b"OPTIONS /echo HTTP/1.1\r\nHost: a\r\nOrigin: o\r\n" + folded + b"\r\n")
    assert not any(line.strip().startswith(b"X-B") for line in answer.split(b"\r\n"))


def test_too_large_bodies_are_refused(connection: http.client.HTTPConnection) -> None:
    status, body = ask(connection, "POST", b"x" * (BODY_MAX + 1))
    assert (status, json.loads(body)["status"]) == (413, 413)
    assert ask(connection, "POST", b"next") == (200, b"next")


def test_a_body_in_too_many_chunks_is_refused(port: int) -> None:
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    head = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert send(port, head + chunk * 11 + b"0\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_a_crash_says_nothing_internal(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/echo?fail=1", headers={"Accept": "*/*"})
    answer = connection.getresponse()
    assert answer.status == 500
    assert b"secret" not in answer.read()


@pytest.mark.parametrize(
    "message",
    [
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"no http at all\r\n\r\n",
        b"GET /echo HTTP/9.9\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_hung_up_on(port: int, message: bytes) -> None:
    answer = send(port, message)
    assert b"400" in answer.split(b"\r\n")[0] or b"505" in answer.split(b"\r\n")[0]
    assert b"Traceback" not in answer


def test_a_client_that_says_nothing_is_no_trouble(port: int) -> None:
    assert send(port, b"") == b""
