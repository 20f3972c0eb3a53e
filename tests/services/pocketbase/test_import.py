"""Importing: what is refused, what is replaced, what cannot be carried, and being cut off."""

import json
import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.load import forget, get_catalog, get_collection
from chalicelib.errors import Overloaded
from chalicelib.files.store import Store
from chalicelib.jobs.tasks import run_tasks
from chalicelib.pocketbase import switch
from chalicelib.pocketbase.data_folder import DataUnreadable
from chalicelib.pocketbase.import_data import AGAIN, ImportRefused
from chalicelib.pocketbase.note import KIND, NAME, Note, find_note
from chalicelib.settings.load import get_newest_settings
from chalicelib.storage.engine import DeleteItem, Engine, get_engine
from chalicelib.storage.keys import space_of, task_key
from chalicelib.storage.records import count_all, read_pages
from tests.services.files.conftest import items_in_process
from tests.services.pocketbase.conftest import Bring, Copy
from tests.storage.faults import WRITES, Fault, Faulty, Killed, Mortal

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("pocketbase")]


def held() -> dict[str, Any]:
    """All records by collection, values and places, and the settings."""
    forget()
    found = {
        each.name: [(record.rowid, record.values) for page in read_pages(each) for record in page]
        for each in get_catalog()
    }
    return {**found, "settings": get_newest_settings().meta}


def items_at_rest() -> dict[str, Any]:
    return {pk.value: dict(sorts) for pk, sorts in items_in_process().items()}


def forget_import() -> None:
    """As if what is there had been made here."""
    assert noted()
    get_engine().write_all([DeleteItem((task_key(KIND), NAME))])


def noted() -> Note:
    note = find_note()
    assert note
    return note


def spaces_with_records() -> set[str]:
    return {space for pk, sorts in items_at_rest().items() if sorts and (space := space_of(pk))}


def test_a_second_import_changes_nothing_and_tells_again(bring: Bring) -> None:
    told = bring()
    before = items_at_rest()
    assert bring() == [AGAIN, *told]
    assert items_at_rest() == before


def test_what_is_there_is_not_overwritten(bring: Bring, copy: Copy, stage: Engine) -> None:
    bring()
    before = items_at_rest()
    with pytest.raises(ImportRefused, match="before it changed"):
        bring(copy("UPDATE labels SET weight = 9"))
    forget_import()
    with pytest.raises(ImportRefused, match="posts"):
        bring()
    assert {**items_at_rest(), "T#import": before["T#import"]} == before


def test_replacing_removes_what_was_there(bring: Bring, copy: Copy, bucket: Store) -> None:
    bring()
    former = spaces_with_records()
    files = set(bucket.list_keys(""))
    bucket.put(f"{get_collection('posts').id}/gone/old.txt", b"", "text/plain")
    bring(
        copy("UPDATE labels SET weight = 9", "DELETE FROM _collections WHERE name = 'clients'"),
        replacing=True,
    )
    assert [values["weight"] for _, values in held()["labels"]] == [9, 9]
    assert get_catalog().find("clients") is None
    while run_tasks(1000, 60_000.0):
        pass
    assert set(bucket.list_keys("")) == files
    assert not spaces_with_records() & former


def test_what_comes_after_the_switch_is_nobody_elses(bring: Bring, bucket: Store, copy: Copy) -> None:
    bring()
    key = f"{get_collection('posts').id}/new/new.txt"
    folder, removed, send = copy("UPDATE labels SET weight = 9"), [], bucket.send

    def uploading(operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "DeleteObjects" and not removed:
            removed.append(True)
            bucket.put(key, b"", "text/plain")
        return send(operation, arguments)

    bucket.put(f"{get_collection('posts').id}/old/old.txt", b"", "text/plain")
    bucket.send = uploading
    bring(folder, replacing=True)
    assert removed
    assert key in bucket.list_keys("")
    assert not [each for each in bucket.list_keys("") if "old" in each]


class Counting:
    """`send` that counts writes."""

    def __init__(self, engine: Engine) -> None:
        self.send, self.writes = engine.send, 0
        engine.send = self

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.writes += operation in WRITES
        return self.send(operation, arguments)


def test_an_import_may_be_cut_off_anywhere(
    bring: Bring, stage: Engine, start_anew: Callable[[], None], bucket: Store
) -> None:
    counting = Counting(stage)
    bring()
    expected, files = held(), sorted(bucket.list_keys(""))
    for last in cuts(counting.writes):
        start_anew()
        bucket.remove(files)
        stage.send = Mortal(counting.send, last)
        with pytest.raises(Killed):
            bring()
        stage.send = counting.send
        bring()
        assert held() == expected
        assert sorted(bucket.list_keys("")) == files
        assert spaces_with_records() <= {each.space for each in get_catalog()}


def cuts(writes: int) -> list[int]:
    """Some of the places where it can be cut off, the first and the last among them."""
    return sorted({1, 2, writes, writes - 1, *random.Random(7).sample(range(1, writes + 1), 3)})


def test_nobody_sees_a_part(bring: Bring, stage: Engine) -> None:
    send = stage.send
    stage.send = Mortal(send, 6)
    with pytest.raises(Killed):
        bring()
    stage.send = send
    forget()
    assert {each.name for each in get_catalog()} & {"posts", "labels", "clients"} == set()
    assert count_all(get_collection("users")) == 0


def test_an_import_that_was_given_up_leaves_nothing(bring: Bring, copy: Copy, stage: Engine) -> None:
    send = stage.send
    stage.send = Mortal(send, 10)
    with pytest.raises(Killed):
        bring()
    stage.send = send
    bring(copy("UPDATE labels SET weight = 9"))
    while run_tasks(1000, 60_000.0):
        pass
    assert spaces_with_records() <= {each.space for each in get_catalog()}


def test_what_was_made_since_an_import_was_cut_off_is_not_overwritten(bring: Bring, stage: Engine) -> None:
    send = stage.send
    stage.send = Mortal(send, 6)
    with pytest.raises(Killed):
        bring()
    stage.send = send
    create_collection({"name": "mine"})
    with pytest.raises(ImportRefused, match="mine"):
        bring()
    assert get_catalog().find("mine")
    bring(replacing=True)
    assert get_catalog().find("mine") is None


def test_what_one_transaction_does_not_take_may_be_cut_off_between_two(
    bring: Bring, stage: Engine, start_anew: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(stage)
    bring()
    expected, all_names = held(), {each.name for each in get_catalog()}
    monkeypatch.setattr(switch, "AT_ONCE", 3)
    start_anew()
    stage.send = Mortal(counting.send, counting.writes)  # two parts more, and all that comes after the second
    with pytest.raises(Killed):
        bring()
    stage.send = counting.send
    forget()
    assert "posts" not in {each.name for each in get_catalog()}
    assert {each.space for each in get_catalog()} & {each.space for each in noted().collections}
    bring()
    assert held() == expected
    assert {each.name for each in get_catalog()} == all_names
    while run_tasks(1000, 60_000.0):
        pass
    assert spaces_with_records() <= {each.space for each in get_catalog()}


def test_what_was_not_written_is_written_again(bring: Bring, stage: Engine) -> None:
    def forgets(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "UnprocessedItems": {stage.table: asked[-1]["RequestItems"][stage.table][:1]}}

    send = Faulty(stage.send, [Fault("BatchWriteItem", times=3, change=forgets)])
    asked: list[dict[str, Any]] = []

    def noting(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "BatchWriteItem":
            asked.append(arguments)
        return send(operation, arguments)

    stage.send = noting
    bring()
    assert len(held()["posts"]) == 7


def test_a_table_that_never_takes_it_ends_the_import(bring: Bring, stage: Engine) -> None:
    def refuses(answer: dict[str, Any]) -> dict[str, Any]:
        item = {"pk": {"S": "x"}, "sk": {"S": "x"}}
        return {"UnprocessedItems": {stage.table: [{"PutRequest": {"Item": item}}]}}

    send = stage.send
    stage.send = Faulty(send, [Fault("BatchWriteItem", times=10_000, change=refuses)])
    with pytest.raises(Overloaded):
        bring()
    stage.send = send
    assert len([*bring()]) == 2


def test_what_is_too_large_or_not_unique_is_left_out_and_told(bring: Bring, copy: Copy) -> None:
    folder = copy(
        "DROP INDEX idx_mail",
        "INSERT INTO posts (id, mail) VALUES ('twicetwicetwice', 'MAIL1@example.com')",
        "INSERT INTO posts (id, body) VALUES ('largelargelarge', hex(randomblob(900000)))",
        "INSERT INTO posts (id, body) VALUES ('small0small0sma', 'fits')",
    )
    told = bring(folder)
    assert [each for each in told if "twicetwicetwice" in each and "unique" in each]
    assert [each for each in told if "largelargelarge" in each and "too large" in each]
    ids = [values["id"] for _, values in held()["posts"]]
    assert len(ids) == 8
    assert ids[-1] == "small0small0sma"


def test_more_indexes_than_slots_are_left_out_and_told(bring: Bring, copy: Copy) -> None:
    fields = [{"type": "number", "name": f"n{place}", "id": f"n{place}"} for place in range(17)]
    indexes = [f"CREATE INDEX idx_n{place} ON labels (n{place})" for place in range(17)]
    columns = [f"ALTER TABLE labels ADD COLUMN n{place} NUMERIC DEFAULT 0 NOT NULL" for place in range(17)]
    update = (
        "UPDATE _collections SET indexes = :indexes, fields = json_insert(fields, "
        + ", ".join(f"'$[#]', json('{json.dumps(field)}')" for field in fields)
        + ") WHERE name = 'labels'"
    )
    told = bring(copy(*columns, update, values={"indexes": json.dumps(indexes)}))
    assert [each.split(" (")[0] for each in told if each.startswith("labels")] == [
        "labels: an index is not carried: CREATE INDEX idx_n16 ON labels",
        "labels: an index is not carried: CREATE INDEX idx_n15 ON labels",
    ]
    assert len(get_collection("labels").slots) == 15


def test_a_rule_that_is_not_understood_lets_nobody_in(bring: Bring, copy: Copy) -> None:
    told = bring(copy("UPDATE _collections SET listRule = 'missing.field = 1' WHERE name = 'labels'"))
    assert [each for each in told if each.startswith("labels: listRule is now for superusers only")]
    assert get_collection("labels").list_rule is None


def test_a_collection_that_cannot_be_is_left_out_and_told(bring: Bring, copy: Copy) -> None:
    told = bring(
        copy(
            "UPDATE _collections SET name = 'a_via_b' WHERE name = 'labels'",
            "ALTER TABLE labels RENAME TO a_via_b",
        )
    )
    assert [
        each for each in told if each.startswith("a_via_b: the collection and its records are not carried")
    ]
    assert get_catalog().find("a_via_b") is None


def test_a_view_that_cannot_be_is_left_out_and_told(bring: Bring, copy: Copy) -> None:
    query = "json_set(options, '$.viewQuery', 'select id from _params')"
    told = bring(copy(f"UPDATE _collections SET options = {query} WHERE name = 'overview'"))
    names = ("overview", "numbered")
    said = [each.split(":")[0] for each in told]
    assert said[:2] == list(names) and "labels" in said
    assert not any(get_catalog().find(each) for each in names)
    assert get_collection("labels").view_rule is None


def test_settings_that_cannot_be_are_left_as_they_are_at_first(bring: Bring, copy: Copy) -> None:
    values = {
        "settings": json.dumps(
            {"meta": {"appName": ""}, "smtp": {"password": "x" * 5001}, "logs": {"maxDays": 7}}
        )
    }
    told = bring(copy("UPDATE _params SET value = :settings", values=values))
    assert [each.split(" is not")[0] for each in told if each.startswith("Settings")] == [
        "Settings: meta",
        "Settings: smtp",
    ]
    assert (get_newest_settings().meta.app_name, get_newest_settings().logs.max_days) == ("Acme", 7)


def test_files_in_another_bucket_are_told_of(bring: Bring, copy: Copy, bucket: Store) -> None:
    s3 = {
        "enabled": True,
        "bucket": "theirs",
        "region": "r",
        "accessKey": "a",
        "secret": "s",
        "endpoint": "https://x.org",
    }
    told = bring(copy("UPDATE _params SET value = :settings", values={"settings": json.dumps({"s3": s3})}))
    assert [each for each in told if "aws s3 sync s3://theirs s3://" in each]
    assert not list(bucket.list_keys(""))


def test_what_is_only_in_the_log_of_writes_is_read(bring: Bring, copy: Copy) -> None:
    folder = copy()
    with closing(sqlite3.connect(folder / "data.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("INSERT INTO labels (id, weight) VALUES ('late', 7)")
        database.commit()
        assert (folder / "data.db-wal").stat().st_size
        bring(folder)
    assert [values["id"] for _, values in held()["labels"]] == ["red", "green-ish", "late"]


def test_strange_values_are_carried_as_pocketbase_shows_them(bring: Bring, copy: Copy) -> None:
    bring(
        copy(
            "INSERT INTO posts (id, data, some, likes, open)"
            " VALUES ('strangestrange1', 'no json', 'a', '12', 'x')",
            "UPDATE posts SET title = CAST(X'C3285A' AS TEXT) WHERE id = 'strangestrange1'",
        )
    )
    values = held()["posts"][-1][1]
    assert (values["data"], values["some"], values["likes"], values["open"]) == ("no json", ["a"], 12, False)
    assert values["title"] == "\ufffd(Z"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("ALTER TABLE _collections DROP COLUMN fields", "before 0.23"),
        ("DROP TABLE _params", "no such table"),
        ("UPDATE _params SET value = 'abcd'", "encryption-env"),
        ("DROP TABLE posts", "no such table"),
        ("UPDATE _collections SET options = '[1' WHERE name = 'posts'", "collection posts cannot be read"),
        ("UPDATE _collections SET options = '[1]' WHERE name = 'posts'", "it is no object"),
        ("UPDATE _collections SET fields = '{' WHERE name = 'posts'", "collection posts cannot be read"),
        ("UPDATE _params SET value = '{\"meta\": 1'", "settings hold cannot be read"),
        ('UPDATE _params SET value = \'{"meta": {"appName": [1]}}\'', "settings cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused(bring: Bring, copy: Copy, statement: str, reason: str) -> None:
    before = items_at_rest()
    with pytest.raises(DataUnreadable, match=reason):
        bring(copy(statement))
    assert items_at_rest() == before


def test_what_is_no_directory_is_refused(bring: Bring, tmp_path: Path) -> None:
    with pytest.raises(DataUnreadable, match=r"data\.db"):
        bring(tmp_path)
    (tmp_path / "data.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(DataUnreadable, match="cannot be read"):
        bring(tmp_path)
