"""One-time passwords: who gets in, how often one may try, and that a code opens once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import bcrypt
import pytest

from chalicelib import clock
from chalicelib.auth import with_otp
from chalicelib.auth.with_otp import MOST_ATTEMPTS, plan_spending, sign_in_with_otp, spend_otp
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.errors import ApiError, BadRequest, Forbidden, TooManyRequests, ValidationFailed
from chalicelib.ids import new_record_id
from chalicelib.records.attached import ATTACHED, EXTERNAL, MFAS, OTPS, bound_to, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import AuthAlert, Mfa, Otp
from chalicelib.schema.record import Record
from chalicelib.security import passwords
from chalicelib.security.passwords import hash_password, password_matches
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict, Unavailable
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Create, Delete, write_together
from tests.people import PASSWORD, add_person, change_person, set_auth_options
from tests.storage.faults import Fault, Faulty, Killed, Mortal

JSON = {"content_type": "application/json"}
CODE = "123456"
HASH = hash_password(CODE, 4)
compare = bcrypt.checkpw


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options(
        "users", otp=Otp(enabled=True, duration=60, length=6), auth_alert=AuthAlert(enabled=False)
    )
    return add_person(id="annannannannann", email="ann@example.com")


def keep(owner: Record, name: str = OTPS, seconds_ago: int = 0, **given: Any) -> Record:
    collection = get_collection(name)
    empty = {field.name: field.empty for field in collection.fields} | {"id": new_record_id()}
    made = clock.to_text(clock.now() - timedelta(seconds=seconds_ago))
    belongs = {"collectionRef": owner.collection.id, "recordRef": owner.id, "created": made, "updated": made}
    code = {"password": HASH} if name == OTPS else {}
    made = Record(collection, {**empty, **belongs, **code, **given})
    return write_together([Create(bound_to(find_record(owner.collection, owner.id) or owner, made))])[0]


def attempt(otp_id: str, code: str = CODE, collection: str = "users", **query: str) -> dict[str, Any]:
    body = {"otpId": otp_id, "password": code}
    return sign_in_with_otp(
        collection, RequestInfo(method="POST", headers=JSON, body=body, query=query, ip="10.0.0.1")
    )


def again(record: Record) -> Record:
    found = find_record(get_collection(record.collection.name), record.id)
    assert found is not None
    return found


def left(record: Record) -> list[str]:
    related = RelatedRecords(get_catalog())
    return [name for name in ATTACHED for _ in find_attached(record, (name,), related)]


def test_signed_in_once(ann: Record) -> None:
    otp = keep(ann)
    answered = attempt(otp.id)
    assert answered.keys() == {"record", "token"}
    assert answered["record"]["email"] == "ann@example.com"
    assert find_record(otp.collection, otp.id) is None
    with pytest.raises(BadRequest):
        attempt(otp.id)


def test_it_costs(ann: Record, defaults: Engine) -> None:
    otp = keep(ann)
    again(ann)
    defaults.calls.reset()
    attempt(otp.id)
    # The version, the code, the record; an attempt is counted; the code goes.
    assert dict(defaults.calls.by_operation) == {"GetItem": 3, "UpdateItem": 1, "DeleteItem": 1}


REFUSED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("wrong code", {}, {"code": "654321"}),
    ("longer code", {}, {"code": CODE + "7"}),
    ("expired", {"seconds_ago": 61}, {}),
    ("unknown", {}, {"otp_id": "nope"}),
    ("strange", {}, {"otp_id": "a#b'\x00/.." + "é" * 50}),
    ("of nobody", {"recordRef": "nobodynobodynob"}, {}),
    ("of another collection", {"collectionRef": "pbc_3142635823"}, {}),
    ("no hash", {"password": ""}, {}),
]


@pytest.mark.parametrize(("name", "kept", "tried"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused_all_alike(ann: Record, name: str, kept: dict[str, Any], tried: dict[str, Any]) -> None:
    otp = keep(ann, **kept)
    with pytest.raises(BadRequest) as caught:
        attempt(**{"otp_id": otp.id, **tried})
    assert caught.value.to_json() == {"data": {}, "message": "Invalid or expired OTP.", "status": 400}
    assert find_record(otp.collection, otp.id) is not None


def test_a_code_of_one_collection_opens_no_other(ann: Record) -> None:
    """Not even for a record of the same id there."""
    set_auth_options("_superusers", otp=Otp(enabled=True, duration=60, length=6))
    add_person("_superusers", id=ann.id, email="root@example.com", verified=True)
    with pytest.raises(BadRequest):
        attempt(keep(ann).id, collection="_superusers")


@pytest.mark.parametrize(
    ("otp_id", "code", "fields"),
    [("", "", {"otpId", "password"}), ("x" * 256, "y", {"otpId"}), ("x", "y" * 72, {"password"})],
)
def test_forms(ann: Record, otp_id: str, code: str, fields: set[str]) -> None:
    with pytest.raises(ValidationFailed) as caught:
        attempt(otp_id, code)
    assert caught.value.data.keys() == fields


def test_disabled(ann: Record) -> None:
    otp = keep(ann)
    set_auth_options("users", otp=Otp(enabled=False))
    with pytest.raises(Forbidden):
        attempt(otp.id)


def test_attempts_are_counted_by_record_whatever_the_code(
    ann: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = add_person(id="bobbobbobbobbob", email="bob@example.com")
    one, other, bobs = keep(ann), keep(ann), keep(bob)
    for number in range(MOST_ATTEMPTS):
        with pytest.raises(BadRequest):
            attempt((one, other)[number % 2].id, "000000")
    for otp, code in ((one, "000000"), (one, CODE), (other, CODE)):
        with pytest.raises(TooManyRequests, match="Too many attempts, please try again later with a new OTP"):
            attempt(otp.id, code)
    assert attempt(bobs.id)["record"]["id"] == bob.id
    later = clock.unix_milliseconds() + 181_000
    monkeypatch.setattr(clock, "unix_milliseconds", lambda: later)
    assert attempt(one.id)["record"]["id"] == ann.id


def test_success_counts_too(ann: Record) -> None:
    for _ in range(MOST_ATTEMPTS):
        attempt(keep(ann).id)
    with pytest.raises(TooManyRequests):
        attempt(keep(ann).id)


def test_unknown_codes_lock_nobody_out(ann: Record) -> None:
    for _ in range(MOST_ATTEMPTS + 2):
        with pytest.raises(BadRequest):
            attempt("nope")
    assert attempt(keep(ann).id)["record"]["id"] == ann.id


def test_a_failing_count_fails_closed(ann: Record, defaults: Engine) -> None:
    otp = keep(ann)
    defaults.send = Faulty(defaults.send, [Fault("UpdateItem", Unavailable("gone"))])
    with pytest.raises(Unavailable):
        attempt(otp.id)
    assert find_record(otp.collection, otp.id) is not None


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The costs of the hashes that were compared."""
    costs: list[int] = []

    def checkpw(secret: bytes, hashed: bytes) -> bool:
        costs.append(int(hashed[4:6]))
        return compare(secret, hashed)

    monkeypatch.setattr(passwords.bcrypt, "checkpw", checkpw)
    return costs


def test_known_and_unknown_take_the_same_calls_and_hashes(
    ann: Record, defaults: Engine, compared: list[int]
) -> None:
    otp = keep(ann, password=hash_password(CODE, 8))
    taken = []
    for otp_id in (otp.id, "nope"):
        defaults.calls.reset()
        compared.clear()
        with pytest.raises(BadRequest):
            attempt(otp_id, "wrong")
        taken.append((dict(defaults.calls.by_operation), list(compared)))
    assert taken == [({"GetItem": 2, "UpdateItem": 1}, [8])] * 2


def test_a_proof_verifies_and_ends_what_was_before(ann: Record) -> None:
    keep(ann)
    keep(ann, EXTERNAL, provider="google", providerId="1")
    attempt(keep(ann, sentTo="ann@example.com").id)
    after = again(ann)
    assert after.get("verified") is True
    assert left(ann) == []
    assert after.get("tokenKey") != ann.get("tokenKey")
    assert not password_matches(PASSWORD, after.get("password"))


def test_with_two_factors_the_password_stays(ann: Record) -> None:
    set_auth_options("users", mfa=Mfa(enabled=True, duration=60))
    mfa = keep(ann, MFAS, method="password")
    keep(ann)
    keep(ann, EXTERNAL, provider="google", providerId="1")
    attempt(keep(ann, sentTo="ann@example.com").id, mfaId=mfa.id)
    after = again(ann)
    assert after.get("verified") is True
    assert left(ann) == []
    assert after.get("tokenKey") != ann.get("tokenKey")
    assert password_matches(PASSWORD, after.get("password"))


@pytest.mark.parametrize(
    ("sent_to", "verified"), [("", False), ("former@example.com", False), ("ann@example.com", True)]
)
def test_what_is_no_proof_changes_nothing(ann: Record, sent_to: str, verified: bool) -> None:
    before = change_person(ann, verified=verified)
    keep(ann)
    attempt(keep(ann, sentTo=sent_to).id)
    assert again(ann) == before
    assert left(ann) == [OTPS]


def test_no_address_is_proved_by_no_address(ann: Record) -> None:
    nobody = add_person(id="x" * 15, email="")
    assert [type(change) for change in plan_spending(keep(nobody), nobody)] == [Delete]


def test_the_rule_sees_the_method(ann: Record) -> None:
    set_auth_options("users", auth_rule="@request.context = 'otp' && @request.body.otpId != ''")
    assert attempt(keep(ann).id)["record"]["id"] == ann.id


def test_a_rule_that_is_not_met_is_told_after_the_code_is_spent(ann: Record) -> None:
    set_auth_options("users", auth_rule="verified = true")
    otp = keep(ann)
    with pytest.raises(Forbidden):
        attempt(otp.id)
    assert find_record(otp.collection, otp.id) is None


def test_an_answer_that_cannot_be_given_spends_nothing(ann: Record) -> None:
    otp = keep(ann)
    with pytest.raises(BadRequest):
        attempt(otp.id, fields="record:nope")
    assert find_record(otp.collection, otp.id) is not None


class Meeting:
    """`write_together` that waits until all have come this far: what each has read is the same."""

    def __init__(self, parties: int) -> None:
        self.barrier = threading.Barrier(parties)
        self.turn = threading.Lock()

    def __call__(self, *given: Any) -> Any:
        self.barrier.wait(10)
        with self.turn:  # moto keeps no two threads apart
            return write_together(*given)


@pytest.mark.parametrize("sent_to", ["", "ann@example.com"])
def test_of_two_who_have_the_code_one_gets_in(
    ann: Record, monkeypatch: pytest.MonkeyPatch, sent_to: str
) -> None:
    otp = keep(ann, sentTo=sent_to)
    monkeypatch.setattr(with_otp, "write_together", Meeting(2))
    came: list[str] = []

    def go() -> None:
        try:
            came.append(spend_otp(otp, ann.collection).id)
        except ApiError as refused:
            came.append(refused.message)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(came) == ["Invalid or expired OTP.", ann.id]


def test_a_record_that_changes_meanwhile_costs_no_code(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    otp = keep(ann, sentTo="ann@example.com")
    others = [lambda: change_person(again(ann), name="Ann")]

    def writing(*given: Any) -> Any:
        if others:
            others.pop()()
        return write_together(*given)

    monkeypatch.setattr(with_otp, "write_together", writing)
    assert attempt(otp.id)["record"]["name"] == "Ann"
    assert again(ann).get("verified") is True


def test_a_conflict_that_goes_on_is_not_told_as_a_wrong_code(
    ann: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any) -> Any:
        raise Conflict(ann.id)

    monkeypatch.setattr(with_otp, "write_together", refuse)
    with pytest.raises(Conflict):
        spend_otp(keep(ann), ann.collection)


def test_who_dies_after_spending_needs_a_new_code_and_nothing_else(ann: Record, defaults: Engine) -> None:
    otp = keep(ann, sentTo="ann@example.com")
    send = defaults.send
    defaults.send = Mortal(send, last=2)  # the attempt is counted, the code is spent
    with pytest.raises(Killed):
        attempt(otp.id)
    defaults.send = send
    assert again(ann).get("verified") is True
    with pytest.raises(BadRequest):
        attempt(otp.id)
    assert attempt(keep(ann).id)["record"]["id"] == ann.id
