"""Sending what waits: once, again when it failed, not for ever, and without a word about what is in it."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.config import get_config
from chalicelib.jobs import mail
from chalicelib.jobs.mail import MAILS_AT_ONCE, SENDERS, send_waiting
from chalicelib.jobs.record_stream import follow_changes
from chalicelib.jobs.tasks import describe_tasks, run_tasks
from chalicelib.mail import outbox
from chalicelib.mail.failures import MailFailed, Unanswered
from chalicelib.mail.message import Message
from chalicelib.mail.outbox import CLAIMED_SECONDS, MOST_TRIES, PAUSES, find_all_waiting, posted
from chalicelib.observability import metrics
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.transactions import write_together
from tests.logged import kept_lines
from tests.storage.faults import Fault, Faulty, Killed

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImEifQ.c2VjcmV0"


def message(number: int = 0) -> Message:
    return Message("otp", f"ann{number}@app.example", "Hi", f"<p>{SECRET}</p>")


def post(message: Message) -> None:
    write_together([], [posted(message)])


class Transport:
    """Takes mails, or fails as often as it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failing = 0
        self.error: BaseException = MailFailed("SMTPConnectError 554 of mail.example:587")
        self.on_send: Callable[[], object] = lambda: None

    def __call__(self, message: Message) -> None:
        self.on_send()
        if self.failing > 0:
            self.failing -= 1
            raise self.error
        self.sent.append(message.to)


@pytest.fixture
def transport(defaults: Engine, monkeypatch: pytest.MonkeyPatch) -> Transport:
    transport, send, one = Transport(), defaults.send, threading.Lock()
    monkeypatch.setattr(mail, "send_now", transport)

    def send_alone(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with one:  # moto copies the table for a transaction, and nothing else may change it meanwhile
            return send(operation, arguments)

    defaults.send = send_alone
    return transport


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now = [clock.unix_milliseconds()]
    monkeypatch.setattr(clock, "unix_milliseconds", lambda: now[0])
    return now


def test_what_waits_is_sent_once_and_nothing_of_it_stays(transport: Transport, defaults: Engine) -> None:
    for number in range(3):
        post(message(number))
    assert send_waiting(100) == 3
    assert sorted(transport.sent) == [f"ann{number}@app.example" for number in range(3)]
    assert (send_waiting(100), find_all_waiting(9)) == (0, [])
    assert len(transport.sent) == 3


def test_a_mail_costs_so_many_calls(transport: Transport, defaults: Engine) -> None:
    post(message())
    defaults.calls.reset()
    send_waiting(100)
    assert defaults.calls.by_operation == {"Query": 1, "TransactWriteItems": 1, "DeleteItem": 1}
    defaults.calls.reset()
    send_waiting(100)
    assert defaults.calls.by_operation == {"Query": 1}


def test_a_turn_is_bounded_and_the_rest_is_next(transport: Transport) -> None:
    for number in range(MAILS_AT_ONCE + 2):
        post(message(number))
    assert send_waiting(100) == MAILS_AT_ONCE
    assert send_waiting(100) == 2


def test_a_slow_transport_does_not_hold_up_other_work(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(clock, "stopwatch", lambda: seconds[0] * 1000)
    monkeypatch.setattr(mail, "SENDERS", 1)
    transport.on_send = lambda: seconds.insert(0, seconds[0] + 2.0)
    for number in range(5):
        post(message(number))
    assert send_waiting(100) == 2


def test_several_are_on_their_way_at_the_same_time(transport: Transport) -> None:
    """Each waits until as many others have begun: one after the other none would come through."""
    together = threading.Barrier(SENDERS, timeout=5)
    transport.on_send = together.wait
    for number in range(SENDERS * 2):
        post(message(number))
    assert send_waiting(100) == SENDERS * 2
    assert len(transport.sent) == SENDERS * 2


def test_what_fails_is_tried_again_later(transport: Transport, moment: list[int]) -> None:
    transport.failing = 2
    post(message())
    for seconds in (0, PAUSES[0], PAUSES[1]):
        moment[0] += seconds * 1000
        assert send_waiting(100) == 1
        assert send_waiting(100) == 0
    assert transport.sent == ["ann0@app.example"]
    assert find_all_waiting(9) == []


def test_it_is_given_up_and_the_log_says_nothing_of_what_was_in_it(
    transport: Transport, moment: list[int]
) -> None:
    transport.failing = 100
    post(message())
    with kept_lines() as lines:
        assert tried_at(transport, moment) == [0, 1, 2, 6, 16, 36, 96]
    assert find_all_waiting(9) == [] and transport.sent == []
    levels = [line["level"] for line in lines]
    assert levels == ["WARNING"] * MOST_TRIES + ["ERROR"]
    assert "SMTPConnectError 554 of mail.example:587" in str(lines)
    assert SECRET not in str(lines) and "ann0" not in str(lines)


def test_one_that_is_given_up_is_counted_among_the_failures(
    transport: Transport,
    moment: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Once, and not what is tried again: an alarm looks at it."""
    monkeypatch.setattr(metrics, "get_config", lambda: replace(get_config(), metrics="stage"))
    transport.failing = 100
    post(message())
    tried_at(transport, moment)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [(line["JobFailures"], line["function"]) for line in told] == [([1.0], "mail")]


def test_one_that_fails_stands_in_no_others_way(transport: Transport) -> None:
    transport.failing = 1
    post(message(1))
    post(message(2))
    assert send_waiting(100) == 2
    assert len(transport.sent) == 1


def test_a_mail_that_nothing_can_be_made_of_stands_in_no_others_way(transport: Transport) -> None:
    transport.failing, transport.error = 1, ValueError(SECRET)
    post(message(1))
    post(message(2))
    with kept_lines() as lines:
        assert send_waiting(100) == 2
    assert len(transport.sent) == 1
    assert [line["reason"] for line in lines] == ["ValueError"]
    assert SECRET not in str(lines)


def test_one_that_may_have_left_is_tried_once_more(transport: Transport, moment: list[int]) -> None:
    transport.failing, transport.error = 100, Unanswered("of mail.example:587")
    post(message())
    assert tried_at(transport, moment) == [0, 1]
    assert find_all_waiting(9) == []


@pytest.mark.parametrize(("seconds", "minutes"), [(180, [0, 1, 2]), (61, [0, 1]), (10, [0])])
def test_one_that_is_void_is_not_tried_again(
    transport: Transport, moment: list[int], seconds: int, minutes: list[int]
) -> None:
    transport.failing = 100
    post(message().good_for(seconds))
    assert tried_at(transport, moment) == minutes
    assert find_all_waiting(9) == []


def test_one_that_became_void_while_it_waited_is_not_sent(transport: Transport, moment: list[int]) -> None:
    post(message().good_for(180))
    moment[0] += 180_000
    assert send_waiting(100) == 1
    assert (transport.sent, find_all_waiting(9)) == ([], [])


def test_who_is_killed_while_sending_loses_nothing(transport: Transport, moment: list[int]) -> None:
    transport.failing, transport.error = 1, Killed()
    post(message())
    with pytest.raises(Killed):
        send_waiting(100)
    assert send_waiting(100) == 0
    moment[0] += CLAIMED_SECONDS * 1000
    assert send_waiting(100) == 1
    assert transport.sent == ["ann0@app.example"]


def test_who_is_killed_in_the_last_try_leaves_nothing(transport: Transport, moment: list[int]) -> None:
    transport.failing, transport.error = 100, Killed()
    post(message())
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            send_waiting(100)
        moment[0] += CLAIMED_SECONDS * 1000
    assert send_waiting(100) == 1
    assert find_all_waiting(9) == []


def test_two_senders_do_not_send_the_same(transport: Transport) -> None:
    post(message())
    transport.on_send = lambda: outcomes.append(send_waiting(100))
    outcomes: list[int] = []
    assert send_waiting(100) == 1
    assert (outcomes, transport.sent) == ([0], ["ann0@app.example"])


def test_a_database_that_fails_after_sending_may_send_twice_but_loses_none(
    transport: Transport, defaults: Engine, moment: list[int]
) -> None:
    post(message())
    send, defaults.send = defaults.send, Faulty(defaults.send, [Fault("DeleteItem", Unavailable("gone"))])
    with kept_lines() as lines:
        assert send_waiting(100) == 1
    assert [line["message"] for line in lines] == ["what became of a mail could not be noted"]
    defaults.send = send
    moment[0] += CLAIMED_SECONDS * 1000
    assert send_waiting(100) == 1
    assert (len(transport.sent), find_all_waiting(9)) == (2, [])


def test_the_stream_sends_it_at_once(transport: Transport) -> None:
    post(message())
    follow_changes([_inserted("T#mail")])
    assert transport.sent == ["ann0@app.example"]


def test_the_tick_sends_it_and_tells_what_waits(transport: Transport) -> None:
    transport.failing = 1
    post(message())
    assert run_tasks(100, 5) == 1
    assert describe_tasks() == ["otp: tried 1 times"]


def test_more_than_can_be_told(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MOST_DESCRIBED", 1)
    for number in range(3):
        post(message(number))
    assert describe_tasks() == ["otp: tried 0 times", "and more"]
    assert len(outbox.find_all_waiting(9)) == 3


def tried_at(transport: Transport, moment: list[int]) -> list[int]:
    """In which minutes a tick tries to send what waits, within two hours."""
    tried: list[int] = []
    begun = moment[0]
    transport.on_send = lambda: tried.append((moment[0] - begun) // 60_000)
    for minute in range(120):
        moment[0] = begun + minute * 60_000
        send_waiting(100)
    return tried


def _inserted(partition: str) -> dict[str, Any]:
    keys = {"pk": {"S": partition}, "sk": {"S": "x"}}
    told = {"ApproximateCreationDateTime": 1, "Keys": keys, "SequenceNumber": "1"}
    return {"eventName": "INSERT", "dynamodb": told}
