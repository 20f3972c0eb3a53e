"""``python -m chalicelib smoke URL``: what is right passes, what is wrong is named."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chalicelib.__main__ import main
from chalicelib.commands import smoke as smoke_command
from chalicelib.commands.command import CommandFailed
from chalicelib.commands.smoke import ATTEMPTS, CHECKS, smoke
from dev.event import HttpRequest
from dev.gateway import Answer, Gateway
from dev.server import Server

Change = Callable[[str, Answer], Answer]


@contextmanager
def served(gateway: Gateway) -> Iterator[str]:
    with Server(gateway, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Wrong(Gateway):
    """A gateway whose answers are changed on their way."""

    def __init__(self, right: Gateway, change: Change) -> None:
        self.right, self.change = right, change
        self.asked: list[str] = []

    def answer(self, request: HttpRequest) -> Answer:
        self.asked.append(f"{request.method} {request.target}")
        return self.change(self.asked[-1], self.right.answer(request))


def test_a_sound_one_passes(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    with served(gateway) as url:
        assert main(["smoke", f"{url}/"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line[:8] for line in said[:-1]] == ["ok      "] * len(CHECKS)
    assert said[-1] == f"{url}/ answers as it should: 5 checks."


def as_gateway_says(asked: str, answer: Answer) -> Answer:
    return 403, {}, b'{"message":"Missing Authentication Token"}'


def without_cors(asked: str, answer: Answer) -> Answer:
    status, headers, body = answer
    return (
        status,
        {name: value for name, value in headers.items() if not name.lower().startswith("access")},
        body,
    )


def open_to_all(asked: str, answer: Answer) -> Answer:
    return (200, answer[1], b'{"items":[]}') if asked == "GET /api/collections" else answer


def without_table(asked: str, answer: Answer) -> Answer:
    return (500, answer[1], b"{}") if asked.endswith("/records") else answer


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (as_gateway_says, [check.what for check in CHECKS]),
        (without_cors, [check.what for check in CHECKS[1:]]),
        (open_to_all, [CHECKS[2].what]),
        (without_table, [CHECKS[1].what]),
    ],
)
def test_what_is_wrong_is_named(gateway: Gateway, change: Change, wrong: list[str]) -> None:
    with served(Wrong(gateway, change)) as url, pytest.raises(CommandFailed) as failed:
        smoke(url, pause=0)
    assert str(failed.value) == f"{url} does not answer as it should: {'; '.join(wrong)}."


def test_what_comes_right_late_passes(gateway: Gateway) -> None:
    late = Wrong(
        gateway, lambda asked, answer: as_gateway_says(asked, answer) if len(late.asked) < 4 else answer
    )
    with served(late) as url:
        assert "5 checks" in smoke(url, pause=0)
    assert late.asked[:4] == ["GET /api/health"] * 4


def test_nobody_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed):
        smoke("http://127.0.0.1:9", pause=0)
    assert capsys.readouterr().out.count("Connection refused") == len(CHECKS)
    assert ATTEMPTS > 1


def test_a_host_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(smoke_command, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(smoke_command, "PATIENCE_SECONDS", 0.15)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CommandFailed):
        smoke(f"http://127.0.0.1:{silent.getsockname()[1]}", pause=0)
    said = capsys.readouterr().out
    assert said.count("timed out") == 1
    assert said.count("the time for all checks is over") == len(CHECKS) - 1
    assert len(said.splitlines()) == len(CHECKS)


@pytest.mark.parametrize("url", ["example.com", "file:///etc/passwd"])
def test_what_is_no_url(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smoke", url]) == 1
    assert "begins with https://" in capsys.readouterr().err
