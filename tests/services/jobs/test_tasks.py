"""All kinds of unfinished work: each gets its turn, none stands in another's way."""

import pytest

from chalicelib import clock
from chalicelib.errors import Overloaded
from chalicelib.jobs import tasks
from chalicelib.jobs.tasks import TASKS, describe_tasks, run_tasks
from chalicelib.storage.failures import Conflict, Unavailable
from chalicelib.storage.tasks import Task, TaskKind, find_tasks, run_in_turn, save_task


def kind(name, answers, log):
    """Work that answers one after the other, then 0."""
    left = iter(answers)

    def run_some(limit):
        log.append((name, limit))
        answer = next(left, 0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return TaskKind(name, run_some, lambda: [f"{name} is left"])


@pytest.fixture
def kinds(monkeypatch):
    """Put these kinds in place of the real ones."""
    return lambda *given: monkeypatch.setattr(tasks, "TASKS", {each.name: each for each in given})


def test_every_kind_is_listed_under_its_name():
    assert {name: kind.name for name, kind in TASKS.items()} == {
        name: name for name in ("backfill", "cascade", "purge", "files", "mail")
    }


def test_nothing_is_left(defaults):
    assert (run_tasks(100, 5), describe_tasks()) == (0, [])


def test_each_has_its_turn_until_it_has_nothing_to_do(kinds):
    log = []
    kinds(kind("a", [100, 100, 100], log), kind("b", [3], log))
    assert run_tasks(1000, 60) == 303
    assert [name for name, _ in log] == ["a", "b", "a", "b", "a", "a"]
    assert {limit for _, limit in log} == {tasks.TURN}
    assert describe_tasks() == ["a is left", "b is left"]


def test_no_more_than_the_limit_and_a_turn(kinds):
    log = []
    kinds(kind("a", [100] * 50, log), kind("b", [100] * 50, log))
    assert run_tasks(250, 60) == 300


def test_no_longer_than_there_is_time(kinds, monkeypatch):
    log, moments = [], iter(range(0, 10**6, 900))
    monkeypatch.setattr(clock, "stopwatch", lambda: next(moments))
    kinds(kind("a", [100] * 50, log))
    assert run_tasks(10**6, 3) == 300


@pytest.mark.parametrize("failure", [Unavailable("gone"), Overloaded()])
def test_one_that_fails_is_logged_and_the_others_go_on(kinds, caplog, failure):
    log = []
    kinds(kind("bad", [failure] * 9, log), kind("good", [100, 7], log))
    assert run_tasks(1000, 60) == 107
    (told,) = [record for record in caplog.records if "cannot go on" in record.message]
    assert (told.kind, told.task) == ("all", "bad")
    assert run_tasks(1000, 60) == 0
    assert [name for name, _ in log].count("bad") == 2


def test_pieces_of_one_kind_take_turns_too(caplog):
    done = {"one": iter([2, 2, 2]), "two": iter([2]), "bad": iter([])}

    def portion(name):
        if name == "bad":
            raise Unavailable("gone")
        return next(done[name], 0)

    portions = {name: lambda name=name: portion(name) for name in ("bad", "one", "two")}
    assert run_in_turn("kind", portions, 6) == 6
    assert list(done["one"]) == [2]
    assert (caplog.records[0].kind, caplog.records[0].task) == ("kind", "bad")


def test_a_task_that_another_has_gone_on_with(defaults):
    task = save_task(Task("kind", "name", {"n": 1}))
    save_task(task)
    with pytest.raises(Conflict):
        save_task(task)
    assert [each.rev for each in find_tasks("kind")] == [2]
