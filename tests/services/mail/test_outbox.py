"""The outbox: there if and only if its cause is, one sender's at a time, not posted twice at once."""

from typing import Any

import pytest

from chalicelib import clock
from chalicelib.ids import random_text
from chalicelib.mail import outbox
from chalicelib.mail.message import Message
from chalicelib.mail.outbox import (
    CLAIMED_SECONDS,
    HEAD_START_SECONDS,
    KIND,
    MOST_TRIES,
    RESEND_MILLISECONDS,
    claim,
    find_all_waiting,
    find_waiting,
    forget,
    is_spent,
    message_in,
    post_once,
    posted,
)
from chalicelib.storage import keys
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Conflict, NotUnique, Unavailable
from chalicelib.storage.transactions import Create, write_together
from tests.logged import kept_lines
from tests.people import add_person
from tests.storage.faults import Fault, Faulty

MESSAGE = Message("otp", "ann@app.example", "Hi é", "<p>" + "secret " * 2000 + "</p>")
# More than an item holds, even compressed.
HUGE = Message("login-alert", "ann@app.example", "Hi", random_text(900_000))


def post(message: Message) -> None:
    write_together([], [posted(message)])


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time, in milliseconds, for tests to move on."""
    now = [clock.unix_milliseconds()]
    monkeypatch.setattr(clock, "unix_milliseconds", lambda: now[0])
    return now


def test_what_is_posted_waits_and_is_the_same(defaults: Engine) -> None:
    post(MESSAGE)
    (task,) = find_waiting(9)
    assert message_in(task) == MESSAGE
    assert defaults.calls.by_operation == {"PutItem": 1, "Query": 1}
    stored = defaults.get((keys.task_key(KIND), task.name))
    assert stored is not None
    assert 0 < int(stored["ttl"]["N"]) - clock.unix_milliseconds() / 1000 <= outbox.KEPT_SECONDS


def test_it_is_written_with_its_cause_or_not_at_all(defaults: Engine) -> None:
    ann = add_person(id="annannannannann", email="ann@app.example")
    with pytest.raises(NotUnique):
        write_together([Create(ann)], [posted(MESSAGE)])
    assert find_all_waiting(9) == []
    other = ann.having(id="bobbobbobbobbob", email="bob@app.example", tokenKey="k" * 50)
    write_together([Create(other)], [posted(MESSAGE)])
    assert len(find_all_waiting(9)) == 1


def test_one_of_two_senders_has_it(defaults: Engine) -> None:
    post(MESSAGE)
    (task,) = find_waiting(9)
    mine = claim(task)
    assert mine is not None and message_in(mine) == MESSAGE
    assert claim(task) is None
    assert find_waiting(9) == []
    forget(mine)
    assert find_all_waiting(9) == []


def test_who_was_killed_leaves_it_to_the_next_a_bounded_number_of_times(
    defaults: Engine, moment: list[int]
) -> None:
    post(MESSAGE)
    for _ in range(MOST_TRIES):
        (task,) = find_waiting(9)
        assert not is_spent(task)
        assert claim(task) is not None
        moment[0] += CLAIMED_SECONDS * 1000 - 1
        assert find_waiting(9) == []
        moment[0] += 1
    (task,) = find_waiting(9)
    assert is_spent(task)


def test_the_same_is_not_posted_again_for_two_minutes(defaults: Engine, moment: list[int]) -> None:
    for elapsed, count in ((0, 1), (RESEND_MILLISECONDS - 1, 1), (1, 2)):
        moment[0] += elapsed
        post_once("reset/users/ann", MESSAGE, True)
        assert len(find_all_waiting(9)) == count
    post_once("reset/users/bob", MESSAGE, True)
    assert len(find_all_waiting(9)) == 3


def test_whether_it_is_posted_does_not_show_in_the_calls(defaults: Engine) -> None:
    taken = []
    for name, is_meant in (("ann", True), ("ann", True), ("nobody", False)):
        defaults.calls.reset()
        post_once(name, MESSAGE, is_meant)
        taken.append(dict(defaults.calls.by_operation))
    assert taken == [{"GetItem": 1, "TransactWriteItems": 1}] * 3
    assert len(find_all_waiting(9)) == 1


def test_of_two_who_post_the_same_at_once_one_does(defaults: Engine) -> None:
    send, raced = defaults.send, []

    def race(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not raced:
            raced.append(True)
            post_once("ann", MESSAGE, True)
        return send(operation, arguments)

    defaults.send = race
    post_once("ann", MESSAGE, True)
    assert len(find_all_waiting(9)) == 1


@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_a_database_that_fails_posts_nothing(defaults: Engine, operation: str) -> None:
    faulty = defaults.send = Faulty(defaults.send, [Fault(operation, Unavailable("gone"))])
    with pytest.raises(Unavailable):
        post_once("ann", MESSAGE, True)
    assert find_all_waiting(9) == []
    defaults.pause = lambda seconds: None
    faulty.faults = [Fault("TransactWriteItems", Busy("throttled"), times=3)]
    post_once("ann", MESSAGE, True)
    assert len(find_all_waiting(9)) == 1


def test_a_claim_that_was_lost_is_nobodys(defaults: Engine) -> None:
    post(MESSAGE)
    (task,) = find_waiting(9)
    defaults.send = Faulty(defaults.send, [Fault("TransactWriteItems", Conflict("x"))])
    assert claim(task) is None


def test_what_is_no_use_any_more_is_spent(defaults: Engine, moment: list[int]) -> None:
    post(MESSAGE.good_for(180))
    (task,) = find_waiting(9)
    assert message_in(task).expires == moment[0] + 180_000
    moment[0] += 179_999
    assert not is_spent(task)
    moment[0] += 1
    assert is_spent(task)


def test_codes_to_sign_in_with_go_first_but_not_for_ever(defaults: Engine, moment: list[int]) -> None:
    others = [Message("verification", f"{each}@app.example", "Hi", "") for each in "ab"]
    post(others[0])
    moment[0] += HEAD_START_SECONDS * 1000 + 1
    post(others[1])
    post(MESSAGE)
    assert [message_in(task) for task in find_waiting(9)] == [others[0], MESSAGE, others[1]]


def test_a_mail_that_is_too_large_refuses_nothing_and_does_not_show(defaults: Engine) -> None:
    ann = add_person(email="ann@app.example")
    taken = []
    with kept_lines() as lines:
        for message in (HUGE, MESSAGE):
            origin = ann.having(id=random_text(15).lower(), email=f"{message.kind}@app.example")
            defaults.calls.reset()
            write_together([Create(origin.having(tokenKey=random_text(50)))], [posted(message)])
            taken.append(dict(defaults.calls.by_operation))
            defaults.calls.reset()
            post_once(message.kind, message, True)
            taken.append(dict(defaults.calls.by_operation))
    assert taken[:2] == taken[2:]
    assert [message_in(task).kind for task in find_all_waiting(9)] == ["otp", "otp"]
    assert [(line["level"], line["kind"]) for line in lines] == [("ERROR", "login-alert")] * 2
    assert HUGE.html[:20] not in str(lines) and "ann@" not in str(lines)
