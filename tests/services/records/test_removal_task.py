"""The rest of a large deletion: whole, whoever is stopped where, and nothing of anybody else's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib import clock
from chalicelib.collections import load
from chalicelib.config import get_config
from chalicelib.records import delete, removal_task, trails
from chalicelib.records.delete import delete_record
from chalicelib.records.removal_task import KIND, LEASE, describe, new_removal_task, run_some
from chalicelib.schema.record import Record
from chalicelib.storage.claims import Planned
from chalicelib.storage.due_tasks import DueTask, find_all_tasks, new_due_task, task_write
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Conflict, Unavailable
from chalicelib.storage.records import find_record, read_pages
from chalicelib.storage.transactions import Delete, Update, write_together
from tests.services.records.world import (
    add,
    add_user,
    ask,
    build,
    change_collection,
    collection,
    relation,
    several,
    text,
    unique,
)
from tests.storage.faults import Fault, Faulty, Killed, Lagging, Mortal

ANN, BOB = "a" * 15, "b" * 15
NAMES = ("users", "homes", "rooms", "letters", "circles", "_mfas")
GONE = {"users": {ANN}, "homes": {"anns0", "anns1", "anns2"}, "_mfas": {ANN}}
World = dict[str, dict[str, dict[str, Any]]]


class Clock:
    """The time, which tests move on."""

    def __init__(self) -> None:
        self.ahead = 0
        self.real = clock.unix_milliseconds

    def __call__(self) -> int:
        return self.real() + self.ahead


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "unix_milliseconds", moved)
    return moved


@pytest.fixture
def family(blog: Engine, time: Clock, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Ann and Bob, each with homes that have rooms, and named by letters and circles. Little fits in."""
    monkeypatch.setattr(delete, "TRANSACTION_MAX", 3)
    monkeypatch.setattr(trails, "PORTION", 2)
    monkeypatch.setattr(removal_task, "AT_ONCE_MILLISECONDS", 600_000)
    monkeypatch.setattr(removal_task, "RUN_MILLISECONDS", 600_000)
    monkeypatch.setattr(trails, "PORTION_OF_MANY", 2)
    build(
        {
            "name": "homes",
            "fields": [relation("owner", "_pb_users_auth_", cascadeDelete=True), text("name")],
            "indexes": [unique("one_home", "homes", "name")],
        },
        {"name": "rooms", "fields": [relation("home", "homes_id", cascadeDelete=True, required=True)]},
        {"name": "letters", "fields": [relation("to", "_pb_users_auth_"), text("text")]},
        {"name": "circles", "fields": [several("members", "_pb_users_auth_")]},
    )
    change_collection("users", deleteRule="")
    users = [add_user("ann", id=ANN), add_user("bob", id=BOB)]
    for user in users:
        settle(user)
    blog.calls.reset()
    return blog


def settle(user: Record) -> None:
    name = user.get("name")
    for place in range(3):
        add("homes", id=f"{name}s{place}", owner=user.id, name=f"{name}{place}")
        add("letters", to=user.id, text=f"{name}{place}")
    for place in range(3):
        add("rooms", home=f"{name}s{place % 2}")
    add("circles", members=[ANN, BOB])
    add("_mfas", id=user.id, collectionRef=user.collection.id, recordRef=user.id, method="otp")


def everything() -> World:
    """All records there are."""
    return {
        name: {record.id: dict(record.values) for page in read_pages(collection(name)) for record in page}
        for name in NAMES
    }


def without_ann(world: World) -> World:
    """What has to be left once Ann is gone."""
    left = {name: {id_: dict(each) for id_, each in records.items()} for name, records in world.items()}
    for name, ids in GONE.items():
        left[name] = {id_: each for id_, each in left[name].items() if id_ not in ids}
    left["rooms"] = {id_: each for id_, each in left["rooms"].items() if each["home"] not in GONE["homes"]}
    for each in left["letters"].values():
        each["to"] = "" if each["to"] == ANN else each["to"]
    for each in left["circles"].values():
        each["members"] = [member for member in each["members"] if member != ANN]
    return left


def table() -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][get_config().region].tables[get_config().table]


def items() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = table().items
    return found


def remains() -> list[str]:
    """Items that are left of records that are gone: records, edges and unique values."""
    gone = tuple(f"#{each}" for ids in GONE.values() for each in ids)
    keys = [(text_of(pk), text_of(sk)) for pk, sorts in items().items() for sk in sorts]
    edges = [f"{pk} {sk}" for pk, sk in keys if sk.startswith("E#") and ANN in sk]
    return edges + [pk for pk, _ in keys if pk.endswith((*gone, "#2ann0", "#2ann1", "#2ann2"))]


def text_of(key: Any) -> str:
    """A key as moto keeps it."""
    return str(getattr(key, "value", key))


def run_all(time: Clock) -> None:
    """What a schedule does, until nothing is left."""
    load.forget()
    for _ in range(40):
        if not describe():
            return
        time.ahead += LEASE + 1000
        while run_some(1000):
            continue
    raise AssertionError(describe())


@pytest.fixture
def rewind() -> Callable[[], None]:
    """Put the table back to how it was."""
    kept: list[dict[str, dict[str, Any]]] = []

    def again() -> None:
        if not kept:
            kept.append({partition: dict(sorts) for partition, sorts in items().items()})
        items().clear()
        table().stream_shard.items.clear()  # which each transaction of moto's copies
        items().update({partition: dict(sorts) for partition, sorts in kept[0].items()})
        load.forget()

    return again


def removed_only(record: Record) -> DueTask:
    """A record deleted, by a request that then stopped."""
    task = new_removal_task([record])
    write_together([Delete(record)], [Planned(task_write(task), Conflict(task.name))])
    return task


def user(record_id: str) -> Record:
    found = find_record(collection("users"), record_id)
    assert found
    return found


def test_what_there_is_time_for_is_done_before_the_answer(family: Engine, time: Clock) -> None:
    wanted = without_ann(everything())
    delete_record("users", ANN, ask())
    assert everything() == wanted
    assert remains() == []
    assert len(describe()) == 3  # Ann's, and of each portion of homes, wait for who comes late
    run_all(time)
    assert everything() == wanted
    assert find_all_tasks(KIND, 9) == []


def test_without_time_the_record_is_gone_and_the_rest_follows(
    family: Engine, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal_task, "MAX_AT_ONCE", 0)
    before = everything()
    delete_record("users", ANN, ask())
    gone = before["users"].pop(ANN)
    assert gone and everything() == before
    assert describe() == ["users: following 1 deleted; 0 records deleted or changed"]
    run_all(time)
    assert everything() == without_ann(before)
    assert remains() == []


def test_nobody_else_looks_at_it_while_the_request_may_go_on(family: Engine, time: Clock) -> None:
    removed_only(user(ANN))
    assert run_some(1000) == 0
    time.ahead += LEASE + 1
    assert run_some(1000) > 0


def test_a_reference_that_is_stored_meanwhile_is_found_late(family: Engine, time: Clock) -> None:
    wanted = without_ann(everything())
    delete_record("users", ANN, ask())
    late = add("letters", to=ANN, text="seen before")
    home = add("homes", id="anns9", owner=ANN, name="late")
    time.ahead += 15_000
    run_some(1000)
    assert find_record(late.collection, late.id).get("to") == ANN  # type: ignore[union-attr]
    run_all(time)
    wanted["letters"][late.id] = {**late.values, "to": ""}
    assert everything() == wanted
    assert find_record(home.collection, home.id) is None


def deaths(family: Engine, run: Callable[[], None], rewind: Callable[[], None]) -> Iterator[int]:
    """The same again and again, killed right after each write in turn: reading changes nothing."""
    send = family.send
    for last in range(1, 200):
        rewind()
        family.send = mortal = Mortal(send, last)
        try:
            run()
        except Killed:
            family.send = send
            yield last
        family.send = send
        if mortal.writes < last:
            break
    assert last > 8


@pytest.mark.slow
@pytest.mark.timeout(400)  # moto copies the table in each transaction
def test_a_request_killed_anywhere_leaves_all_or_what_others_finish(
    family: Engine, time: Clock, rewind: Callable[[], None]
) -> None:
    wanted = without_ann(everything())
    for moment in deaths(family, lambda: delete_record("users", ANN, ask()), rewind):
        assert find_record(collection("users"), ANN) is None
        run_all(time)
        assert everything() == wanted, moment
        assert remains() == [], moment


@pytest.mark.slow
@pytest.mark.timeout(400)  # moto copies the table in each transaction
def test_a_runner_killed_anywhere_is_followed_by_another(
    family: Engine, time: Clock, rewind: Callable[[], None]
) -> None:
    wanted = without_ann(everything())
    removed_only(user(ANN))
    time.ahead += LEASE + 1
    for moment in deaths(family, lambda: run_some(1000) and None, rewind):
        run_all(time)
        assert everything() == wanted, moment
        assert remains() == [], moment
        time.ahead += LEASE + 1


def test_runners_that_stop_early_go_on_where_they_were(family: Engine, time: Clock) -> None:
    wanted = without_ann(everything())
    removed_only(user(ANN))
    for _ in range(60):
        time.ahead += LEASE + 1
        assert run_some(1) >= 0
    assert everything() == wanted
    assert find_all_tasks(KIND, 9) == []


def test_many_runners_at_once(family: Engine, time: Clock) -> None:
    wanted = without_ann(everything())
    removed_only(user(ANN))
    send, depth = family.send, [0]

    def crowded(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and depth[0] < 3:
            depth[0] += 1
            time.ahead += LEASE + 1  # what the others have taken is due again
            run_some(4)
            depth[0] -= 1
        return send(operation, arguments)

    family.send = crowded
    time.ahead += LEASE + 1
    run_some(6)
    family.send = send
    run_all(time)
    assert everything() == wanted
    assert remains() == []


def test_an_id_that_is_given_again_keeps_what_names_it(family: Engine, time: Clock) -> None:
    removed_only(user(ANN))
    before = everything()
    add_user("ann", id=ANN)
    time.ahead += LEASE + 1
    run_some(1000)
    assert {**everything(), "users": {}} == {**before, "users": {}}
    assert describe() == []


def test_an_id_that_is_given_again_in_between_keeps_what_names_it(family: Engine, time: Clock) -> None:
    removed_only(user(ANN))
    send, seen = family.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "Query" and not seen:
            seen.append(operation)
            add_user("ann", id=ANN)
        return send(operation, arguments)

    before = everything()
    (task,) = find_all_tasks(KIND, 1)
    family.send = meanwhile
    removal_task.go_on_at_once(task)
    assert seen
    assert {**everything(), "users": {}} == {**before, "users": {}}


def test_what_others_change_meanwhile_is_read_again(family: Engine, time: Clock) -> None:
    removed_only(user(ANN))
    letters = [each for page in read_pages(collection("letters")) for each in page if each.get("to") == ANN]
    send, seen = family.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        is_letter = operation == "TransactWriteItems" and letters[0].id in str(arguments)
        if is_letter and not seen:
            seen.append(operation)
            write_together([Update(letters[0], letters[0].having(text="changed"))])
            write_together([Update(letters[1], letters[1].having(to=BOB))])
        return send(operation, arguments)

    family.send = meanwhile
    run_all(time)
    assert seen
    found = everything()["letters"]
    assert (found[letters[0].id]["to"], found[letters[0].id]["text"]) == ("", "changed")
    assert found[letters[1].id]["to"] == BOB


def test_a_relation_without_an_index_is_found_by_reading_all(family: Engine, time: Clock) -> None:
    own = [field.to_json() for field in collection("rooms").fields]
    change_collection("rooms", fields=[*own, relation("guest", "_pb_users_auth_")])
    for place in range(5):
        add("rooms", home="bobs0", guest=ANN if place % 2 else BOB)
    wanted = without_ann(everything())
    for each in wanted["rooms"].values():
        each["guest"] = "" if each["guest"] == ANN else each["guest"]
    removed_only(user(ANN))
    run_all(time)
    assert everything() == wanted


def test_what_must_be_unique_without_it_stays_and_is_told(
    family: Engine, time: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    build(
        {
            "name": "seats",
            "fields": [relation("who", "_pb_users_auth_"), text("t")],
            "indexes": [unique("one", "seats", "who, t")],
        }
    )
    stuck, free = add("seats", who=ANN, t="x"), add("seats", who=ANN, t="y")
    add("seats", who="", t="x")
    removed_only(user(ANN))
    run_all(time)
    kept = {each.id: each.get("who") for page in read_pages(collection("seats")) for each in page}
    assert (kept[stuck.id], kept[free.id]) == (ANN, "")
    assert "a reference to a deleted record stays" in caplog.text


def test_superusers_lose_the_id_rather_than_go(family: Engine, time: Clock) -> None:
    own = [field.to_json() for field in collection("_superusers").fields]
    change_collection("_superusers", fields=[*own, relation("home", "_pb_users_auth_", cascadeDelete=True)])
    root = add("_superusers", email="root@example.com", password="x", home=ANN)
    removed_only(user(ANN))
    run_all(time)
    after = find_record(root.collection, root.id)
    assert after is not None
    assert after.get("home") == ""


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "TransactWriteItems"])
def test_throttling_is_waited_out(family: Engine, time: Clock, operation: str) -> None:
    wanted = without_ann(everything())
    family.send = faulty = Faulty(family.send, [Fault(operation, Busy("slow down"), times=5)])
    delete_record("users", ANN, ask())
    assert faulty.faults[0].times == 0
    assert everything() == wanted


def test_unprocessed_keys_are_asked_for_again(family: Engine, time: Clock) -> None:
    def keep_back(answer: dict[str, Any]) -> dict[str, Any]:
        (table,) = answer["Responses"]
        found, answer["Responses"][table] = answer["Responses"][table], []
        keys = [{"pk": each["pk"], "sk": each["sk"]} for each in found]
        return {**answer, "UnprocessedKeys": {table: {"Keys": keys}} if keys else {}}

    wanted = without_ann(everything())
    family.send = Faulty(family.send, [Fault("BatchGetItem", change=keep_back, times=3)])
    delete_record("users", ANN, ask())
    assert everything() == wanted


@pytest.mark.parametrize("error", [Busy("slow down"), Unavailable("gone")])
def test_when_the_rest_fails_the_answer_is_given_and_the_work_kept(
    family: Engine, time: Clock, error: Exception
) -> None:
    wanted, send = without_ann(everything()), family.send
    root_deleted = Fault("TransactWriteItems", change=lambda answer: answer)
    family.send = Faulty(send, [root_deleted, Fault("TransactWriteItems", error, times=1000)])
    delete_record("users", ANN, ask())
    family.send = send
    assert find_record(collection("users"), ANN) is None
    run_all(time)
    assert everything() == wanted


def test_one_that_fails_is_in_nobodys_way(family: Engine, time: Clock) -> None:
    removed_only(user(ANN))
    removed_only(user(BOB))
    time.ahead += LEASE + 1
    broken = [task for task in find_all_tasks(KIND, 9) if task.state["ids"] == [ANN]]
    send = family.send

    def failing(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "Query" and f"#2{ANN}" not in str(arguments) and f"2{ANN}" in str(arguments):
            raise Unavailable("gone")
        return send(operation, arguments)

    family.send = failing
    run_some(1000)
    family.send = send
    assert broken
    assert not any(each["owner"] == BOB for each in everything()["homes"].values())
    run_all(time)
    assert everything()["homes"] == {}


def test_indexes_that_lag_lose_nothing(family: Engine, time: Clock) -> None:
    wanted = without_ann(everything())
    family.send = lagging = Lagging(family.send, behind=3)
    late = add("letters", to=ANN, text="just written")
    delete_record("users", ANN, ask())
    lagging.catch_up()
    lagging.behind = 2
    run_all(time)
    lagging.catch_up()
    wanted["letters"][late.id] = {**late.values, "to": ""}
    assert everything() == wanted
    assert remains() == []


def test_two_deletions_at_once(family: Engine, time: Clock) -> None:
    """Of one record: one finds it gone. Of two that are named by the same: both are taken out."""
    send, seen = family.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not seen:
            seen.append(operation)
            delete_record("users", BOB, ask())
        return send(operation, arguments)

    family.send = meanwhile
    delete_record("users", ANN, ask())
    family.send = send
    run_all(time)
    left = everything()
    assert (left["users"], left["homes"], left["rooms"], left["_mfas"]) == ({}, {}, {}, {})
    assert {each["to"] for each in left["letters"].values()} == {""}
    assert [each["members"] for each in left["circles"].values()] == [[], []]


def test_a_collection_that_is_gone_leaves_nothing_to_do(family: Engine, time: Clock) -> None:
    removed_only(user(ANN))
    (task,) = find_all_tasks(KIND, 9)
    for other in ({"collection": "gone"}, {"space": "another"}):
        stranger = new_due_task(KIND, 0, {**task.state, **other})
        family.write_all([task_write(stranger)])
    before = everything()
    assert run_some(1000) == 2
    assert everything() == before
    assert find_all_tasks(KIND, 9) == [task]


def test_who_stops_goes_on_behind_what_was_read(family: Engine, time: Clock) -> None:
    own = [field.to_json() for field in collection("rooms").fields]
    change_collection("rooms", fields=[*own, relation("guest", "_pb_users_auth_")])
    for _ in range(10):
        add("rooms", home="bobs0", guest=BOB)
    removed_only(user(ANN))
    places = []
    for _ in range(40):
        time.ahead += LEASE + 1
        run_some(2)
        states = [task.state for task in find_all_tasks(KIND, 9) if task.state["ids"] == [ANN]]
        if not states or (places and not states[0]["began"]):
            break
        places += [each["sort"] for each in states if each["trail"][:1] == [collection("rooms").space]]
    found = [place for place in places if place]
    assert len(found) > 5
    assert found == sorted(set(found))


def test_one_that_named_itself_is_not_in_the_way(family: Engine, time: Clock) -> None:
    """A list that lags still has it, naming what is gone: itself."""
    build({"name": "links", "fields": [text("name")]})
    own = [field.to_json() for field in collection("links").fields]
    build({"name": "links", "fields": [*own, relation("before", "links_id", cascadeDelete=True)]})
    change_collection("links", deleteRule="")
    first = add("links", id=ANN, before=ANN)
    for _ in range(4):
        add("links", before=ANN)
    family.send = Lagging(family.send, behind=1)
    delete_record("links", first.id, ask())
    family.send = family.send.send
    assert [record for page in read_pages(collection("links")) for record in page] == []
