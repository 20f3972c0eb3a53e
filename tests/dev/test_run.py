"""``make run``: starts, says what is needed, keeps data, and refuses clearly."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chalicelib.records.totals import SMALL

TOP = Path(__file__).parents[2]
EMAIL = "admin@example.com"
PROXY = {"http_proxy": "http://127.0.0.1:1"}
PATIENCE = 40.0
MANY = "/api/collections/many/records"
OPEN = dict.fromkeys(("listRule", "createRule", "deleteRule"), "")
Talk = Callable[..., tuple[dict[str, str], Any]]


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run to the end."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=TOP,
        env=clean(environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of somebody who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "QUOLL_"))}
    return {**kept, **environment}


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[int]:
    """Quoll with its state in the folder; the port. Stopped as by Ctrl-C; what it said is in output.txt."""
    port = free_port()
    settings = clean({"PORT": str(port), "QUOLL_STATE": str(folder / "state"), **environment})
    with (folder / "output.txt").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.run"], cwd=TOP, env=settings, stdout=output, stderr=output
        )
    try:
        wait_for(process, port)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def wait_for(process: subprocess.Popen[Any], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            if ask(port, "GET", "/api/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        data = json.dumps(body) if body is not None else None
        connection.request(method, path, data, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def sign_in(port: int, email: str, password: str) -> int:
    body = {"identity": email, "password": password}
    return ask(port, "POST", "/api/collections/_superusers/auth-with-password", body)[0]


def said(folder: Path) -> str:
    return (folder / "output.txt").read_text()


def test_the_first_superuser_is_told_once_and_data_is_kept(tmp_path: Path) -> None:
    with running(tmp_path) as port:
        found = re.search(r"First superuser: (\S+)  password: (\S+)", said(tmp_path))
        assert found
        email, password = found.groups()
        assert email == EMAIL
        assert sign_in(port, email, password) == 200
        body = {"email": "ann@example.com", "password": "12345678", "passwordConfirm": "12345678"}
        assert ask(port, "POST", "/api/collections/users/records", body)[0] == 200
    with running(tmp_path) as port:
        assert "First superuser" not in said(tmp_path)
        assert sign_in(port, email, password) == 200
        status, answer = ask(port, "POST", "/api/collections/users/records", body)
        assert (status, "validation_not_unique" in json.dumps(answer)) == (400, True)


def test_totals_are_kept_by_the_stream(tmp_path: Path) -> None:
    given = {"QUOLL_SUPERUSER_EMAIL": EMAIL, "QUOLL_SUPERUSER_PASSWORD": "boss-password"}
    with running(tmp_path, **given) as port, talking(port, "boss-password") as talk:
        fields = [{"name": "title", "type": "text"}]
        talk("POST", "/api/collections", {"name": "many", "type": "base", "fields": fields, **OPEN})
        ids = [talk("POST", MANY, {"title": str(n)})[1]["id"] for n in range(SMALL + 20)]
        assert wait_for_total(talk, SMALL + 20)
        for record_id in ids[:5]:
            talk("DELETE", f"{MANY}/{record_id}")
        assert wait_for_total(talk, SMALL + 15)
        talk("DELETE", f"{MANY}/{ids[-1]}")
    with running(tmp_path) as port, talking(port, "boss-password") as talk:
        cost, found = talk("GET", f"{MANY}?perPage=10")
        assert (found["totalItems"], cost["items"]) == (SMALL + 14, "11")


def wait_for_total(talk: Talk, expected: int) -> bool:
    """Whether the total becomes this, by being heard of: eleven records are looked at, not all."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        cost, found = talk("GET", f"{MANY}?perPage=10")
        if (found["totalItems"], cost["items"]) == (expected, "11"):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def talking(port: int, password: str) -> Iterator[Talk]:
    """What a superuser asks, and is told: what it cost, and the answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        headers = {"Content-Type": "application/json"}

        def talk(method: str, path: str, body: object = None) -> tuple[dict[str, str], Any]:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            cost = dict(part.split("=", 1) for part in answer.headers["x-quoll-cost"].split(" ")[:3])
            text = answer.read()
            assert answer.status < 300, text
            return cost, json.loads(text) if text else None

        body = {"identity": EMAIL, "password": password}
        path = "/api/collections/_superusers/auth-with-password"
        headers["Authorization"] = talk("POST", path, body)[1]["token"]
        yield talk


def test_jobs_that_many_ask_for_at_once_run(tmp_path: Path) -> None:
    given = {"QUOLL_SUPERUSER_EMAIL": EMAIL, "QUOLL_SUPERUSER_PASSWORD": "boss-password"}
    with running(tmp_path, **given) as port, contextlib.ExitStack() as stack:
        talks = [stack.enter_context(talking(port, "boss-password")) for _ in range(4)]
        names = [each["id"] for each in talks[0]("GET", "/api/crons")[1]]
        with ThreadPoolExecutor(len(talks)) as threads:
            paths = [f"/api/crons/{name}" for name in names]
            list(threads.map(lambda talk: [talk("POST", path) for path in paths], talks))
        deadline = time.monotonic() + PATIENCE
        while not all(f'"job":"{name}","failed":false' in said(tmp_path) for name in names):
            assert time.monotonic() < deadline, said(tmp_path)
            time.sleep(0.1)


def test_the_first_superuser_can_be_given(tmp_path: Path) -> None:
    given = {"QUOLL_SUPERUSER_EMAIL": "boss@example.com", "QUOLL_SUPERUSER_PASSWORD": "boss-password"}
    with running(tmp_path, **given) as port:
        assert sign_in(port, "boss@example.com", "boss-password") == 200
    assert "boss-password" not in said(tmp_path)


def test_commands_work_while_it_runs(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    with running(tmp_path) as port:
        done = command(
            "chalicelib", "superuser", "upsert", "cli@example.com", "cli-password", QUOLL_STATE=state
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert sign_in(port, "cli@example.com", "cli-password") == 200
        second = command("dev.run", QUOLL_STATE=state, PORT=str(free_port()))
        assert second.returncode == 1
        assert "runs already" in second.stderr
        other = command("dev.run", QUOLL_STATE=str(tmp_path / "other"), PORT=str(port))
        assert other.returncode == 1
        assert f"Port {port} cannot be used" in other.stderr
        free = re.search(r"PORT=(\d+) make run", other.stderr)
        assert free
        assert free[1] != str(port)
    late = command("chalicelib", "superuser", "upsert", "cli@example.com", "cli-password", QUOLL_STATE=state)
    assert late.returncode == 1
    assert "make run" in late.stderr
    assert state in late.stderr


def test_the_superuser_can_be_changed_at_any_time(tmp_path: Path) -> None:
    upsert = ("dev.command", "superuser", "upsert", "cli@example.com")
    elsewhere = {"QUOLL_STATE": str(tmp_path / "state"), "QUOLL_STAGE": "prod", "AWS_PROFILE": "nobody"}
    assert command(*upsert, "first-password", **elsewhere).returncode == 0
    with running(tmp_path) as port:
        assert "First superuser" not in said(tmp_path)
        assert sign_in(port, "cli@example.com", "first-password") == 200
        assert command(*upsert, "second-password", **elsewhere).returncode == 0
        assert sign_in(port, "cli@example.com", "second-password") == 200


def test_an_address_where_nobody_listens_any_more(tmp_path: Path) -> None:
    (tmp_path / "aws-endpoint").write_text(f"http://127.0.0.1:{free_port()}")
    done = command("chalicelib", "superuser", "upsert", EMAIL, "a-password", QUOLL_STATE=str(tmp_path))
    assert done.returncode == 1
    assert f"Quoll does not run on the data in {tmp_path}" in done.stderr


def test_the_shell_of_somebody_who_uses_aws_and_a_proxy(tmp_path: Path) -> None:
    shell = {
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1",
        "AWS_REGION": "eu-west-1",
        "QUOLL_STAGE": "prod",
        **PROXY,
    }
    with running(tmp_path, **shell) as port:
        assert ask(port, "GET", "/api/health")[0] == 200
        done = command("chalicelib", "provision", QUOLL_STATE=str(tmp_path / "state"), **PROXY)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_end_of_the_embedded_aws_is_noticed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    settings = clean({"PORT": str(free_port()), "QUOLL_STATE": str(state)})
    process = subprocess.Popen(
        [sys.executable, "-m", "dev.run"], cwd=TOP, env=settings, stderr=subprocess.PIPE, text=True
    )
    wait_for(process, int(settings["PORT"]))
    os.kill(int((state / "aws.pid").read_text()), signal.SIGKILL)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "The embedded AWS ended by itself" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"PORT": "http"}, "PORT must be a number"),
        ({"PORT": "-1"}, "PORT must be a number"),
        ({"PORT": "65536"}, "PORT must be a number"),
        ({"PORT": "9" * 5000}, "PORT must be a number"),
        ({"PORT": "٣"}, "PORT must be a number"),
        ({"QUOLL_QUERY_BUDGET": "x"}, "QUOLL_QUERY_BUDGET must be a number"),
        ({"QUOLL_LOG_LEVEL": "loud"}, "QUOLL_LOG_LEVEL must be one of"),
        ({"QUOLL_STATE": __file__}, "QUOLL_STATE cannot be"),
        ({"QUOLL_STATE": f"{__file__}/below"}, "QUOLL_STATE cannot be"),
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    done = command("dev.run", **{"QUOLL_STATE": str(tmp_path), "PORT": str(free_port()), **settings})
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert says in done.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"QUOLL_LOG_LEVEL": "loud"}, "QUOLL_LOG_LEVEL must be one of"),
        (
            {"QUOLL_STAGE": "prod", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            "AWS_ENDPOINT_URL may not be set",
        ),
    ],
)
def test_settings_that_make_no_sense_to_a_command(settings: dict[str, str], says: str) -> None:
    done = command("chalicelib", "provision", **{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", **settings})
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert says in done.stderr


def test_a_first_superuser_that_is_refused(tmp_path: Path) -> None:
    given = {"QUOLL_SUPERUSER_EMAIL": "boss@example.com", "QUOLL_SUPERUSER_PASSWORD": "short"}
    done = command("dev.run", QUOLL_STATE=str(tmp_path), PORT=str(free_port()), **given)
    assert done.returncode == 1
    assert "Must be at least 8 character(s)." in done.stderr
    assert "Traceback" not in done.stderr
