"""The embedded AWS keeps its data, however it ends."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from chalicelib.config import read_config
from chalicelib.storage.connection import open_connection
from chalicelib.storage.engine import Engine, WriteItem
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.queries import Query
from chalicelib.storage.table import create_table
from dev.aws import AwsFailed, running_aws

TOP = Path(__file__).parents[2]
ITEM = {"pk": {"S": "p"}, "sk": {"S": "s"}, "blob": {"B": b"\x00\xff"}}
OTHER = {"pk": {"S": "p"}, "sk": {"S": "t"}}


@contextmanager
def an_engine(state: Path) -> Iterator[Engine]:
    with running_aws(state) as endpoint:
        yield Engine("quoll-tests", open_connection(read_config({"AWS_ENDPOINT_URL": endpoint})))


def process_on(state: Path) -> int:
    """The id of the embedded AWS."""
    return int((state / "aws.pid").read_text())


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def write(engine: Engine) -> None:
    create_table(engine)
    engine.write_all([WriteItem(ITEM)])
    engine.write_all([WriteItem(OTHER), WriteItem({**OTHER, "sk": {"S": "u"}})])


@pytest.mark.parametrize(
    "end", [None, signal.SIGTERM, signal.SIGKILL], ids=["stopped", "terminated", "killed"]
)
def test_what_was_answered_is_kept(tmp_path: Path, end: signal.Signals | None) -> None:
    with an_engine(tmp_path) as engine:
        write(engine)
        if end:
            os.kill(process_on(tmp_path), end)
    with an_engine(tmp_path) as engine:
        assert create_table(engine) is False
        assert engine.get(("p", "s")) == ITEM
        assert engine.get(("p", "t")) == OTHER
    with an_engine(tmp_path) as engine:
        assert engine.get(("p", "u")) == {**OTHER, "sk": {"S": "u"}}


@pytest.mark.parametrize("end", [None, signal.SIGKILL], ids=["stopped", "killed"])
def test_secrets_are_kept(tmp_path: Path, end: signal.Signals | None) -> None:
    with running_aws(tmp_path) as endpoint:
        asked = {"Name": "/quoll/local/key", "Value": "kept", "Type": "SecureString"}
        boto3.client("ssm", endpoint_url=endpoint).put_parameter(**asked)
        if end:
            os.kill(process_on(tmp_path), end)
    for _ in range(2):
        with running_aws(tmp_path) as endpoint:
            client = boto3.client("ssm", endpoint_url=endpoint)
            found = client.get_parameter(Name="/quoll/local/key", WithDecryption=True)
            assert found["Parameter"]["Value"] == "kept"


def test_a_partition_of_an_index_is_read_in_order_and_alone(tmp_path: Path) -> None:
    def row(partition: str, number: int) -> WriteItem:
        keys = {"pk": f"{partition}{number}", "sk": "s", "g1pk": partition, "g1sk": f"{number:02}"}
        return WriteItem({name: {"S": value} for name, value in keys.items()})

    with an_engine(tmp_path) as engine:
        create_table(engine)
        engine.write_all([row(partition, number) for number in range(9, 0, -1) for partition in "ab"])
        pages = engine.query(Query("a", index="gsi1", page_size=4))
        assert [[item["pk"]["S"] for item in page] for page in pages] == [
            ["a1", "a2", "a3", "a4"],
            ["a5", "a6", "a7", "a8", "a9"],
        ]
        assert sum(engine.count(Query("b", index="gsi1"))) == 9
        assert sum(engine.count(Query("c", index="gsi1"))) == 0
        assert sum(engine.count(Query("b", index="gsi1", prefix="0"))) == 9


def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    with running_aws(tmp_path) as endpoint:
        assert endpoint.startswith("http://127.0.0.1:")


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import time, pathlib, sys; from dev.aws import running_aws\n"
        "with running_aws(pathlib.Path(sys.argv[1])) as endpoint: print(endpoint, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=TOP, stdout=subprocess.PIPE)
    assert parent.stdout
    endpoint = parent.stdout.readline().decode().strip()
    engine = Engine("quoll-tests", open_connection(read_config({"AWS_ENDPOINT_URL": endpoint})))
    write(engine)
    child = process_on(tmp_path)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    with pytest.raises(Unavailable):
        engine.get(("p", "s"))
    with an_engine(tmp_path) as again:
        assert again.get(("p", "s")) == ITEM


@pytest.mark.parametrize(
    "content",
    [
        b"{bad",
        b"\xff\xfe",
        b"",
        b"null",
        b"{}",
        b'{"__ministack_format__": 99, "payload": {}}',
        b'{"__ministack_format__": 2, "payload": {"tables": {}}}',
        b'{"tables": {"__account_region_scoped__": true, "data": {"1\\u0000r\\u0000t": 5}}}',
    ],
)
def test_damaged_data_is_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "aws" / "dynamodb.json"
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(AwsFailed, match="Nothing was changed"), running_aws(tmp_path):
        pass
    assert file.read_bytes() == content


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("ministack-*"))
    with running_aws(tmp_path) as endpoint:
        port = endpoint.rpartition(":")[2]
        os.kill(process_on(tmp_path), signal.SIGKILL)
    left = set(Path(tempfile.gettempdir()).glob("ministack-*")) - before
    assert not [each for each in left if port in each.name]


def test_its_death_is_told_and_its_end_is_not(tmp_path: Path) -> None:
    died = threading.Event()
    with running_aws(tmp_path, died.set):
        pass
    assert not died.is_set()
    with running_aws(tmp_path, died.set):
        os.kill(process_on(tmp_path), signal.SIGKILL)
        assert died.wait(10)


def test_a_broken_state_folder_is_a_clear_failure(tmp_path: Path) -> None:
    (tmp_path / "aws").write_text("in the way")
    with pytest.raises(AwsFailed, match="did not start"), running_aws(tmp_path):
        pass
