"""Importing: what a stage has is left alone, whoever was killed, and options that Quoll does not take."""

import json
import shutil
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.load import forget, get_catalog, get_collection
from chalicelib.collections.update import update_collection
from chalicelib.files.store import Store
from chalicelib.jobs.tasks import run_tasks
from chalicelib.pocketbase import data_folder, switch
from chalicelib.pocketbase.data_folder import open_data
from chalicelib.pocketbase.import_data import ImportRefused
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict
from dev.gateway import Gateway
from tests.services.pocketbase.conftest import Bring, Copy
from tests.services.pocketbase.directory import Directory
from tests.services.pocketbase.test_export import create
from tests.services.pocketbase.test_import import Counting, held, noted
from tests.storage.faults import WRITES, Killed, Mortal

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("pocketbase")]

OTHER = "UPDATE labels SET weight = 9"
S3 = {"enabled": True, "bucket": "theirs", "region": "r", "endpoint": "https://x.org"}
S3 |= {"accessKey": "a", "secret": "s"}


def titles() -> list[str]:
    return [values["title"] for _, values in held()["posts"]]


def test_an_import_of_which_a_collection_was_removed_is_not_taken_for_a_strange_one(
    bring: Bring, copy: Copy
) -> None:
    bring()
    create("posts", title="since")
    delete_collection("clients")
    with pytest.raises(ImportRefused, match="--replace"):
        bring()
    with pytest.raises(ImportRefused, match="--replace"):
        bring(copy(OTHER))
    assert "since" in titles()


def test_who_is_killed_right_after_the_switch_has_finished(
    bring: Bring, stage: Engine, copy: Copy, start_anew: Callable[[], None]
) -> None:
    """The next import that dies must not have the spaces emptied that are in use."""
    counting = Counting(stage)
    bring()
    start_anew()
    stage.send = Mortal(counting.send, counting.writes)
    with pytest.raises(Killed):
        bring()
    stage.send = counting.send
    assert noted().is_over
    create("posts", title="since")
    with pytest.raises(ImportRefused):
        bring(copy(OTHER))
    stage.send = Mortal(counting.send, 1)
    with pytest.raises(Killed):
        bring(copy(OTHER), True)
    stage.send = counting.send
    while run_tasks(1000, 60_000.0):
        pass
    assert "since" in titles()


def make_collection() -> None:
    create_collection({"name": "mine"})


def make_settings() -> None:
    change_settings({"meta": {"appName": "Mine"}})


def make_superusers() -> None:
    for name in ("boss", "other"):
        email = f"{name}@example.com"
        create("_superusers", email=email, password="1234567890", passwordConfirm="1234567890")


def change_users() -> None:
    update_collection("users", {"listRule": "verified = true"})


MAKERS: Sequence[tuple[Callable[[], None], str]] = [
    (make_collection, "mine"),
    (make_settings, "settings"),
    (make_superusers, "_superusers"),
    (change_users, "users, which was changed"),
]


@pytest.mark.parametrize(("make", "named"), MAKERS)
def test_what_was_made_here_is_not_replaced_unasked(
    bring: Bring, make: Callable[[], None], named: str
) -> None:
    make()
    before = held()
    with pytest.raises(ImportRefused, match=named):
        bring()
    assert held() == before


def test_a_stage_that_has_been_used_and_is_empty_again_is_fresh(bring: Bring) -> None:
    make_collection()
    delete_collection("mine")
    update_collection("users", {"name": "users"})
    bring()
    assert len(held()["posts"]) == 7


def test_what_is_made_while_an_import_goes_on_is_not_removed(bring: Bring, stage: Engine) -> None:
    send, made = stage.send, []

    def making(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "BatchWriteItem" and not made:
            made.append(True)
            make_collection()
        return send(operation, arguments)

    stage.send = making
    with pytest.raises(ImportRefused, match="mine"):
        bring()
    stage.send = send
    forget()
    assert get_catalog().find("mine")
    assert not get_catalog().find("posts")
    bring(replacing=True)
    assert len(held()["posts"]) == 7


def test_a_directory_without_superusers_locks_nobody_out(bring: Bring, copy: Copy) -> None:
    boss = {"email": "boss@example.com", "password": "1234567890", "passwordConfirm": "1234567890"}
    create("_superusers", **boss)
    told = bring(copy("DELETE FROM _superusers"))
    assert told[0].startswith("The directory has no superusers")
    assert [values["email"] for _, values in held()["_superusers"]] == ["boss@example.com"]


def test_files_that_were_brought_from_another_bucket_stay(bring: Bring, copy: Copy, bucket: Store) -> None:
    folder = copy("UPDATE _params SET value = :it", values={"it": json.dumps({"s3": S3})})
    told = bring(folder)
    assert "aws s3 sync" in told[0]
    assert not [each for each in told if "is not in the directory" in each]
    key = f"{get_collection('posts').id}/rec/synced.txt"
    bucket.put(key, b"x", "text/plain")
    bring(folder, True)
    assert key in bucket.list_keys("")


def test_files_that_are_not_there_are_told_and_can_be_brought_later(
    bring: Bring, copy: Copy, directory: Directory, bucket: Store
) -> None:
    folder = copy()
    shutil.rmtree(folder / "storage")
    told = bring(folder)
    assert len([each for each in told if "is not in the directory" in each]) == 3
    shutil.copytree(directory.data / "storage", folder / "storage")
    with pytest.raises(ImportRefused, match="before it changed"):
        bring(folder)
    assert not [each for each in bring(folder, True) if "is not in the directory" in each]
    assert list(bucket.list_keys(""))


def test_values_that_cannot_be_held_are_left_out_and_told(
    bring: Bring, copy: Copy, gateway: Gateway, directory: Directory
) -> None:
    deep = "[" * 500 + "]" * 500
    folder = copy(
        "INSERT INTO posts (rowid, id, title, data) VALUES (-5, 'first0000000000', 'deep', :deep)",
        "INSERT INTO posts (id, title, data) VALUES ('great0000000000', 'great', '[1e999]')",
        "INSERT INTO posts (id, title, data) VALUES ('words0000000000', 'words', '[Infinity]')",
        "INSERT INTO posts (id, title, likes) VALUES ('endless00000000', 'endless', 9e999)",
        "INSERT INTO posts (id, title, open) VALUES ('unsure000000000', 'unsure', 'maybe')",
        values={"deep": deep},
    )
    told = bring(folder)
    assert [each.split(": ")[1] for each in told[:3]] == [
        "data of record first0000000000 is not carried and is empty",
        "data of record great0000000000 is not carried and is empty",
        "likes of record endless00000000 is not carried and is empty",
    ]
    assert "posts: 1 values of open had not the form of their field and have it now." in told
    found = {values["title"]: values for _, values in held()["posts"]}
    assert (titles()[0], found["deep"]["data"], found["words"]["data"]) == ("deep", None, "[Infinity]")
    who = {"Authorization": directory.tokens["second"]}
    status, _, _ = gateway.handle("GET", "/api/collections/posts/records?perPage=100", who, b"")
    assert status == 200


def test_an_import_that_does_not_go_on_where_it_was_says_so(stage: Engine, bring: Bring, copy: Copy) -> None:
    send = stage.send
    stage.send = Mortal(send, 6)
    with pytest.raises(Killed):
        bring()
    stage.send = send
    said: list[str] = []
    bring(copy(OTHER), tell=said.append)
    assert said[0].startswith("An import that was not finished is given up")


def test_the_collections_are_not_written_with_every_portion(bring: Bring, stage: Engine) -> None:
    counting = Counting(stage)
    sizes: list[int] = []

    def noting(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "PutItem":
            sizes.append(len(str(arguments)))
        return counting(operation, arguments)

    stage.send = noting
    bring()
    assert sizes
    assert max(sizes) < 3000


def test_who_is_overtaken_between_two_transactions_puts_nothing_more_to_use(
    bring: Bring, stage: Engine, copy: Copy, start_anew: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other found in use is not emptied, and what it put to use stays."""
    monkeypatch.setattr(switch, "AT_ONCE", 3)
    counting, folder = Counting(stage), copy(OTHER)
    bring()
    last, counted = counting.writes, []
    start_anew()

    def overtaken(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        counted.extend([operation] if operation in WRITES else [])
        if len(counted) == last and stage.send is overtaken:
            stage.send = counting.send
            bring(folder, True)
        return counting.send(operation, arguments)

    stage.send = overtaken
    with pytest.raises(Conflict):
        bring()
    while run_tasks(1000, 60_000.0):
        pass
    found = held()
    assert [values["weight"] for _, values in found["labels"]] == [9, 9]
    assert len(found["posts"]) == 7


def test_tables_that_are_no_collections_are_told(bring: Bring, copy: Copy) -> None:
    told = bring(copy("CREATE TABLE visits (day TEXT)", "ALTER TABLE labels ADD COLUMN colour TEXT"))
    assert told[0] == "The table visits is not carried: it is no collection's."


def test_a_field_may_be_called_like_sqlites_own_column(bring: Bring, copy: Copy) -> None:
    field = json.dumps({"type": "text", "name": "rowid", "id": "t_rowid"})
    bring(
        copy(
            "ALTER TABLE labels ADD COLUMN rowid TEXT DEFAULT '' NOT NULL",
            "UPDATE labels SET rowid = CASE id WHEN 'red' THEN 'z' ELSE 'a' END",
            f"UPDATE _collections SET fields = json_insert(fields, '$[#]', json('{field}'))"
            " WHERE name = 'labels'",
        )
    )
    assert [(values["id"], values["rowid"]) for _, values in held()["labels"]] == [
        ("red", "z"),
        ("green-ish", "a"),
    ]


def test_large_records_are_read_a_few_at_a_time(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "LARGEST_PORTION", 10)
    with open_data(directory.data) as data:
        assert [len(rows) for rows in data.records("posts", 3)] == [1] * 7
        monkeypatch.setattr(data_folder, "LARGEST_PORTION", 1_000_000)
        assert [len(rows) for rows in data.records("posts", 3)] == [3, 3, 1]
