"""A write that may be lost is tried once, whatever botocore does with others."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from chalicelib.config import Config
from chalicelib.storage.connection import open_connection
from chalicelib.storage.engine import Engine, WriteItem
from chalicelib.storage.failures import Busy

ITEM = WriteItem({"pk": {"S": "L#0"}, "sk": {"S": "x"}})
THROTTLED = json.dumps({"__type": "com.amazonaws#ThrottlingException", "message": "slow down"}).encode()


class Throttling(BaseHTTPRequestHandler):
    """A DynamoDB that has too much to do, or is broken, for so many requests."""

    status, failures, asked = 400, 0, 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        kind = type(self)
        kind.asked += 1
        body = THROTTLED if kind.asked <= kind.failures else b"{}"
        self.send_response(kind.status if body is THROTTLED else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def busy() -> Iterator[type[Throttling]]:
    """What the table's server is going to do."""

    class Now(Throttling):
        pass

    with HTTPServer(("127.0.0.1", 0), Now) as server:
        Now.port = server.server_port  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Now
        server.shutdown()
        thread.join()


@pytest.fixture
def table(busy: Any) -> Engine:
    config = Config(stage="test", table="t", endpoint_url=f"http://127.0.0.1:{busy.port}")
    return Engine("t", open_connection(config), pause=lambda _: None)


@pytest.mark.parametrize("status", [400, 500, 503])
def test_once_is_once(busy: Any, table: Engine, status: int) -> None:
    busy.status, busy.failures = status, 99
    before = time.perf_counter()
    with pytest.raises(Busy):
        table.write_once(ITEM)
    assert busy.asked == 1
    assert time.perf_counter() - before < 1


def test_a_table_that_is_not_there_is_no_wait_either(busy: Any) -> None:
    config = Config(stage="test", table="t", endpoint_url="http://127.0.0.1:1")
    before = time.perf_counter()
    with pytest.raises(Busy):
        Engine("t", open_connection(config)).write_once(ITEM)
    assert time.perf_counter() - before < 1


def test_others_are_repeated_as_ever(busy: Any, table: Engine) -> None:
    busy.failures = 1
    table.write_all([ITEM])
    assert busy.asked == 2
    table.write_once(ITEM)
    assert busy.asked == 3
