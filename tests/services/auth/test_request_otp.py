"""Asking for a one-time password: what is kept, what is posted, and that nobody can tell who exists."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import bcrypt
import pytest

from chalicelib import clock
from chalicelib.auth.request_otp import MOST_AT_ONCE, MOST_CURRENT, MOST_REMOVED, request_otp
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.errors import BadRequest, Forbidden, Overloaded, ValidationFailed
from chalicelib.mail.outbox import find_all_waiting, message_in
from chalicelib.records.attached import OTPS, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import EmailTemplate, Otp
from chalicelib.schema.record import Record
from chalicelib.security import passwords
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Conflict, Unavailable
from chalicelib.storage.transactions import Create, write_together
from tests.people import add_person, set_auth_options
from tests.storage.faults import WRITES, Fault, Faulty

JSON = {"content_type": "application/json"}
hash_one = bcrypt.hashpw
TEMPLATE = EmailTemplate(subject="{OTP_ID}", body="Code <b>{OTP}</b> for {RECORD:name}")


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", otp=Otp(enabled=True, duration=60, length=6, email_template=TEMPLATE))
    return add_person(id="annannannannann", email="ann@example.com", name="<Ann>")


def ask(email: Any = "ann@example.com", query: dict[str, str] | None = None) -> str:
    request = RequestInfo(method="POST", headers=JSON, body={"email": email}, query=query or {})
    return str(request_otp("users", request)["otpId"])


def kept(record: Record) -> list[Record]:
    return find_attached(record, (OTPS,), RelatedRecords(get_catalog()))


def keep_otp(owner: Record, seconds_ago: int = 0, **given: Any) -> Record:
    collection = get_collection(OTPS)
    empty = {field.name: field.empty for field in collection.fields}
    made = clock.to_text(clock.now() - timedelta(seconds=seconds_ago))
    belongs = {"collectionRef": owner.collection.id, "recordRef": owner.id, "created": made, "updated": made}
    return write_together([Create(Record(collection, {**empty, **belongs, **given}))])[0]


def test_a_code_is_kept_as_a_hash_and_posted(ann: Record) -> None:
    otp_id = ask()
    (otp,) = kept(ann)
    (mail,) = (message_in(task) for task in find_all_waiting(10))
    assert (otp.id, otp.get("sentTo")) == (otp_id, "ann@example.com")
    assert (mail.to, mail.subject) == ("ann@example.com", otp_id)
    assert 0 < mail.expires - clock.unix_milliseconds() <= 60_000
    written = re.fullmatch(r"Code <b>(\d{6})</b> for &lt;Ann&gt;", mail.html)
    assert written is not None
    assert passwords.password_matches(written[1], otp.get("password"))


def test_each_time_another(ann: Record) -> None:
    assert len({ask() for _ in range(3)}) == 3
    assert len(kept(ann)) == len(find_all_waiting(10)) == 3


def test_the_tenth_is_the_last(ann: Record) -> None:
    ids = [keep_otp(ann, id=f"otpotpotpotp00{number}").id for number in range(MOST_CURRENT)]
    tenth = ask()
    assert tenth not in ids
    assert [ask(), ask()] == [tenth, tenth]
    assert len(find_all_waiting(10)) == 1


def test_expired_ones_do_not_count_and_go(ann: Record) -> None:
    for number in range(MOST_REMOVED + 2):
        keep_otp(ann, 61, id=f"otpotpotpotpo{number:02}")
    made = ask()
    assert [each.id for each in kept(ann)] == ["otpotpotpotpo20", "otpotpotpotpo21", made]


@pytest.mark.parametrize("email", ["nobody@example.com", "ANN@example.com"])
def test_nothing_is_kept_for_nobody(ann: Record, defaults: Engine, email: str) -> None:
    sent = defaults.send = Faulty(defaults.send)
    assert re.fullmatch("[a-z0-9]{15}", ask(email))
    assert kept(ann) == []
    assert find_all_waiting(10) == []
    counted, checked = [arguments for operation, arguments in sent.asked if operation in WRITES]
    assert re.fullmatch(r"A#otps/_pb_users_auth_/-\d+", counted["Key"]["pk"]["S"])
    assert [list(item) for item in checked["TransactItems"]] == [["ConditionCheck"]] * 2


class CountedHashes:
    """Counts hashes, and keeps the costs they were made at."""

    def __init__(self) -> None:
        self.costs: list[int] = []

    def hashpw(self, secret: bytes, salt: bytes) -> bytes:
        self.costs.append(int(salt[4:6]))
        return hash_one(secret, salt)


def test_known_and_unknown_take_the_same_calls_and_hashes(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = CountedHashes()
    monkeypatch.setattr(passwords.bcrypt, "hashpw", counted.hashpw)
    taken = []
    for email in ("ann@example.com", "nobody@example.com"):
        defaults.calls.reset()
        counted.costs.clear()
        ask(email)
        taken.append((dict(defaults.calls.by_operation), list(counted.costs)))
    # The version, for the settings too; the e-mail's item, the record; how often it was asked for; its codes;
    # the code with its mail.
    assert taken == [({"GetItem": 4, "UpdateItem": 1, "Query": 1, "TransactWriteItems": 1}, [8])] * 2


def test_past_the_tenth_too(ann: Record, defaults: Engine) -> None:
    for number in range(MOST_CURRENT + 1):
        keep_otp(ann, id=f"otpotpotpotpo{number:02}")
    defaults.calls.reset()
    assert ask() == "otpotpotpotpo09"
    made = {"GetItem": 4, "UpdateItem": 1, "Query": 1, "TransactWriteItems": 1}
    assert dict(defaults.calls.by_operation) == made


def test_at_the_same_moment_too(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sees what the others are making."""
    at_rest = clock.unix_milliseconds()
    with monkeypatch.context() as at_once:
        at_once.setattr(clock, "unix_milliseconds", lambda: at_rest)
        at_once.setattr("chalicelib.auth.request_otp.find_attached", lambda *given: [])
        ids = [ask() for _ in range(MOST_AT_ONCE + 3)]
    assert len(set(ids)) == MOST_AT_ONCE + 3
    assert sorted(each.id for each in kept(ann)) == sorted(ids[:MOST_AT_ONCE])
    assert len(find_all_waiting(100)) == MOST_AT_ONCE
    assert ask() == ids[MOST_AT_ONCE - 1]


REFUSED: list[tuple[Any, str]] = [
    ("", "validation_required"),
    (None, "validation_required"),
    ("ann", "validation_is_email"),
    (" ann@example.com", "validation_is_email"),
    ("a" * 250 + "@example.com", "validation_length_out_of_range"),
]


@pytest.mark.parametrize(("email", "code"), REFUSED)
def test_refused(ann: Record, email: Any, code: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        ask(email)
    assert caught.value.data["email"]["code"] == code


def test_disabled(defaults: Engine) -> None:
    add_person(id="annannannannann", email="ann@example.com")
    with pytest.raises(Forbidden, match="not configured to allow OTP"):
        ask()


def test_an_answer_that_cannot_be_given_changes_nothing(ann: Record) -> None:
    with pytest.raises(BadRequest):
        ask(query={"fields": "otpId:nope"})
    assert kept(ann) == []


def test_a_code_and_its_mail_are_one(ann: Record, defaults: Engine) -> None:
    defaults.pause = lambda seconds: None
    defaults.send = Faulty(defaults.send, [Fault("TransactWriteItems", Unavailable("gone"))])
    with pytest.raises(Unavailable):
        ask()
    assert (kept(ann), find_all_waiting(10)) == ([], [])


def test_a_busy_database_is_told(ann: Record, defaults: Engine) -> None:
    defaults.pause = lambda seconds: None
    defaults.send = Faulty(defaults.send, [Fault("TransactWriteItems", Busy("throttled"), times=100)])
    with pytest.raises(Overloaded):
        ask()
    assert kept(ann) == []


def test_an_expired_one_that_another_removes_is_no_failure(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads it, through an index that lags, after it is gone starts over."""
    keep_otp(ann, 61, id="otpotpotpotp001")
    defaults.pause = lambda seconds: None
    fail_once: list[Callable[..., Any]] = [_conflict]

    def writing(*given: Any) -> Any:
        return (fail_once.pop() if fail_once else write_together)(*given)

    monkeypatch.setattr("chalicelib.auth.request_otp.write_together", writing)
    made = ask()
    assert [each.id for each in kept(ann)] == [made]


def _conflict(*given: Any) -> Any:
    raise Conflict("otpotpotpotp001")
