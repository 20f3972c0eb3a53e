"""Backups of the real PocketBase are restored here, and those made here restore there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.backups.turn import find_work
from chalicelib.backups.work import make_named, restore_named
from chalicelib.files.store import Store
from dev.gateway import Gateway
from tests.servers import Server, pocketbase
from tests.services.backups.conftest import Follow, pack, put, unpack
from tests.services.pocketbase.directory import Directory, Talker, answer_of
from tests.services.pocketbase.test_round_trip import SIGN_INS, ask, difference, without_own

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("pocketbase")]


@pytest.fixture
def restored(stream: Follow, gateway: Gateway, bucket: Store, directory: Directory) -> None:
    put(bucket, "theirs.zip", pack(directory.data))
    restore_named("theirs.zip")


def test_a_backup_of_pocketbase_is_restored(restored: None, gateway: Gateway, directory: Directory) -> None:
    assert find_work() is None
    for (who, path), (status, expected) in directory.answers.items():
        found, raw = ask(gateway, "GET", path, directory.tokens.get(who, ""))
        answer = raw if isinstance(expected, bytes) else without_own(json.loads(raw))
        assert not difference((status, without_own(expected)), (found, answer)), f"{who} {path}"


@pytest.fixture
def carried(restored: None, tmp_path: Path) -> Iterator[Server]:
    make_named("ours.zip")
    unpack("ours.zip", tmp_path / "data")
    with pocketbase(tmp_path) as server:
        yield server


def test_a_backup_made_here_restores_in_pocketbase(carried: Server, directory: Directory) -> None:
    for (who, path), (status, expected) in directory.answers.items():
        found, answer = answer_of(Talker(carried, directory.tokens.get(who, "")), path)
        assert not difference((status, without_own(expected)), (found, without_own(answer))), f"{who} {path}"
    for collection, identity, password in SIGN_INS:
        assert Talker(carried).sign_in(collection, identity, password)
