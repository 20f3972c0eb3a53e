"""Where people sign in from: what is kept, and who is told."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.auth import login_alert
from chalicelib.auth.attach import new_attachment
from chalicelib.auth.login_alert import MOST, MOST_REMOVED, describe_sign_in, fingerprint_of, note_origin
from chalicelib.auth.with_password import sign_in_with_password
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.mail.outbox import find_all_waiting, message_in
from chalicelib.records.attached import ORIGINS, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import AuthAlert, EmailTemplate
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict, Unavailable
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Create, write_together
from tests.people import PASSWORD, add_person, change_person, set_auth_options
from tests.storage.faults import Fault, Faulty

TEMPLATE = EmailTemplate(subject="{RECORD:name}", body="{ALERT_INFO}")


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", auth_alert=AuthAlert(enabled=True, email_template=TEMPLATE))
    return find_again(add_person(id="annannannannann", email="ann@example.com", name="Ann"))


def find_again(record: Record) -> Record:
    found = find_record(get_collection(record.collection.name), record.id)
    assert found is not None
    return found


def at(agent: str, ip: str = "10.0.0.1") -> RequestInfo:
    return RequestInfo(method="POST", headers={"user_agent": agent}, ip=ip, context="password")


def note(record: Record, *agents: str) -> None:
    for agent in agents:
        note_origin(record, at(agent), get_catalog())


def known(record: Record) -> list[Record]:
    return find_attached(record, (ORIGINS,), RelatedRecords(get_catalog()))


def agents(record: Record) -> list[str]:
    names = {fingerprint_of(at(name)): name for name in "abcdefgh"}
    return [names[each.get("fingerprint")] for each in known(record)]


def mails() -> list[Any]:
    return [message_in(task) for task in find_all_waiting(20)]


def test_the_first_place_alarms_nobody(ann: Record) -> None:
    note(ann, "a")
    assert (agents(ann), mails()) == (["a"], [])


def test_another_is_told_once(ann: Record) -> None:
    note(ann, "a", "b", "b", "a")
    (mail,) = mails()
    assert (mail.kind, mail.to, mail.subject) == ("login-alert", "ann@example.com", "Ann")
    assert mail.html.endswith("Z - 10.0.0.1 b")
    assert agents(ann) == ["a", "b"]


def test_another_address_is_another_place(ann: Record) -> None:
    note_origin(ann, at("a"), get_catalog())
    note_origin(ann, at("a", "10.0.0.2"), get_catalog())
    assert len(known(ann)) == 2
    assert len(mails()) == 1


def test_the_oldest_go(ann: Record) -> None:
    note(ann, *"abcdef", "b", "g")
    assert agents(ann) == ["c", "d", "e", "f", "g"]
    assert len(known(ann)) == MOST


def test_without_alerts_nothing_is_read_or_kept(ann: Record, defaults: Engine) -> None:
    set_auth_options("users", auth_alert=AuthAlert(enabled=False))
    quiet, catalog = find_again(ann), get_catalog()
    defaults.calls.reset()
    note_origin(quiet, at("a"), catalog)
    assert defaults.calls.total == 0


def test_who_has_no_address_is_not_written_to(ann: Record) -> None:
    nobody = add_person(id="x" * 15, email="")
    note(nobody, "a", "b")
    assert (len(known(nobody)), mails()) == (2, [])


def test_a_known_place_costs_one_query(ann: Record, defaults: Engine) -> None:
    note(ann, "a")
    catalog = get_catalog()
    defaults.calls.reset()
    note_origin(ann, at("a"), catalog)
    assert dict(defaults.calls.by_operation) == {"Query": 1}


def test_a_new_place_costs_a_query_and_a_transaction(ann: Record, defaults: Engine) -> None:
    catalog = get_catalog()
    defaults.calls.reset()
    note_origin(ann, at("a"), catalog)
    assert dict(defaults.calls.by_operation) == {"Query": 1, "TransactWriteItems": 1}


def test_that_it_was_used_again_is_kept_now_and_then(ann: Record) -> None:
    note(ann, "a")
    (first,) = known(ann)
    note(ann, "a")
    assert known(ann) == [first]
    change_person(first, updated=clock.to_text(clock.now() - timedelta(minutes=61)))
    note(ann, "a")
    (touched,) = known(ann)
    assert touched.get("updated") >= first.get("updated")
    assert touched.get("created") == first.get("created")


class Meeting:
    """`write_together` that waits until all have come this far: none has seen the other."""

    def __init__(self, parties: int) -> None:
        self.barrier = threading.Barrier(parties)
        self.turn = threading.Lock()

    def __call__(self, *given: Any) -> Any:
        self.barrier.wait(10)
        with self.turn:  # moto keeps no two threads apart
            return write_together(*given)


def test_two_at_once_from_a_new_place_both_get_in(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    note(ann, "a")
    monkeypatch.setattr(login_alert, "write_together", Meeting(2))
    catalog, failed = get_catalog(), []

    def go() -> None:
        try:
            note_origin(ann, at("b"), catalog)
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the test
            failed.append(error)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
    assert agents(ann) == ["a", "b"]
    assert len(mails()) == 1


def test_whoever_is_disturbed_starts_over(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults.pause = lambda seconds: None
    failures = [Conflict("an origin that another removed")]

    def writing(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return write_together(*given)

    monkeypatch.setattr(login_alert, "write_together", writing)
    note(ann, "a")
    assert agents(ann) == ["a"]


def test_a_touch_that_another_makes_is_enough(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    note(ann, "a")
    change_person(known(ann)[0], updated="2020-01-01 00:00:00.000Z")

    def refuse(*given: Any) -> Any:
        raise Conflict("touched")

    monkeypatch.setattr(login_alert, "write_together", refuse)
    note(ann, "a")
    assert agents(ann) == ["a"]


def test_a_place_and_its_mail_are_one(ann: Record, defaults: Engine) -> None:
    note(ann, "a")
    send = defaults.send
    defaults.send = Faulty(send, [Fault("TransactWriteItems", Unavailable("gone"))])
    with pytest.raises(Unavailable):
        note(ann, "b")
    assert (agents(ann), mails()) == (["a"], [])


def test_signing_in_notes_it(ann: Record) -> None:
    for agent in ("a", "b"):
        body = {"identity": "ann@example.com", "password": PASSWORD}
        headers = {"content_type": "application/json", "user_agent": agent}
        sign_in_with_password("users", RequestInfo("POST", headers=headers, body=body, ip="10.0.0.1"))
    assert agents(ann) == ["a", "b"]
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("agent", "shown"),
    [("UA", "UA"), ("", ""), ("x" * 200, "x" * 200), ("x" * 201, "x" * 200 + "...")],
)
def test_what_the_mail_says(agent: str, shown: str) -> None:
    assert describe_sign_in(at(agent))[24:] == f" - 10.0.0.1 {shown}"


def test_long_agents_are_one_place_when_they_begin_alike() -> None:
    assert fingerprint_of(at("x" * 201)) == fingerprint_of(at("x" * 300)) != fingerprint_of(at("x" * 200))


def test_a_hostile_agent_is_only_text(ann: Record) -> None:
    note(ann, "a", "<b onload='x'>{TOKEN} {APP_NAME} {RECORD:email}\r\nBcc: x@example.com")
    (mail,) = mails()
    assert "&lt;b onload=&#39;x&#39;&gt;{TOKEN} {APP_NAME} {RECORD:email}" in mail.html
    assert "ann@example.com" not in mail.html


def test_places_that_piled_up_are_in_nobodys_way(ann: Record) -> None:
    """As many sign-ins at the same moment may have left them."""
    catalog = get_catalog()
    made = [new_attachment(ann, ORIGINS, catalog, fingerprint=f"{number:032}") for number in range(35)]
    for portion in (made[:18], made[18:]):
        write_together([Create(each) for each in portion])
    note(ann, "a")
    left = [each.get("fingerprint") for each in known(ann)]
    assert left == [f"{number:032}" for number in range(MOST_REMOVED, 35)] + [fingerprint_of(at("a"))]
