"""Traces: nowhere unless the stage has them; where it has, calls to AWS are parts of what is traced."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.config import get_config
from chalicelib.observability import tracing
from chalicelib.observability.tracing import find_tracer, traced

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793"
TOP = Path(tracing.__file__).parents[2]
# In a process of its own, because a tracer changes botocore for good; Lambda's, as far as tracers can tell.
PROGRAM = """
import json
from aws_xray_sdk.core import xray_recorder
from moto import mock_aws
from chalicelib.observability.tracing import find_tracer, traced
from chalicelib.storage.engine import get_engine
from chalicelib.storage.table import create_table

class Kept:
    parts = []
    def send_entity(self, entity):
        self.parts.append(entity)
    def set_daemon_address(self, address):
        pass

with mock_aws():
    create_table(get_engine())
    find_tracer()
    xray_recorder.configure(emitter=Kept(), context_missing="RUNTIME_ERROR")
    with traced("records_view", {"route": "/api/x", "request_id": "r1"}):
        get_engine().get(("secret-key", "R"))
print(json.dumps([json.loads(part.serialize()) for part in Kept.parts]))
"""


@pytest.fixture
def fresh() -> Iterator[None]:
    find_tracer.cache_clear()
    yield
    find_tracer.cache_clear()


def test_without_tracing_work_is_done_and_nothing_is_imported(fresh: None) -> None:
    done = []
    with traced("x", {}):
        done.append(1)
    assert (done, find_tracer()) == ([1], None)
    loaded = "import app, sys; print([name for name in sys.modules if name.startswith('aws_xray_sdk')])"
    answer = subprocess.run(
        [sys.executable, "-c", loaded], cwd=TOP, capture_output=True, check=True, text=True
    )
    assert answer.stdout.strip() == "[]"


def test_an_error_passes_through(fresh: None) -> None:
    with pytest.raises(KeyError), traced("x", {}):
        raise KeyError("x")


def test_with_tracing_calls_are_parts_of_the_work() -> None:
    environ = {"QUOLL_STAGE": "test", "QUOLL_TRACING": "true", "QUOLL_TABLE": "t", "AWS_ACCESS_KEY_ID": "x"}
    environ |= {"AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1", "PATH": "/usr/bin"}
    environ |= {
        "LAMBDA_TASK_ROOT": str(TOP),
        "_X_AMZN_TRACE_ID": f"{TRACE};Parent=53995c3f42cd8ad8;Sampled=1",
    }
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=TOP, capture_output=True, text=True, env=environ, timeout=60
    )
    assert answer.returncode == 0, answer.stderr
    call, work = json.loads(answer.stdout)
    assert work["trace_id"] == TRACE.removeprefix("Root=")
    assert work["name"] == "## records_view"
    assert work["annotations"] == {"route": "/api/x", "request_id": "r1"}
    assert (call["parent_id"], call["name"], call["aws"]["operation"]) == (work["id"], "dynamodb", "GetItem")
    assert "secret-key" not in answer.stdout


def test_the_tracer_is_made_once(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "get_config", lambda: replace(get_config(), tracing=False))
    assert find_tracer() is find_tracer()
