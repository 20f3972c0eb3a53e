"""Proving an address: who is sent what, what a token may do, and that nobody can tell who exists."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest

from chalicelib import clock
from chalicelib.auth import verification
from chalicelib.auth.tokens import new_auth_token, new_token, signing_key
from chalicelib.auth.verification import confirm_verification, request_verification
from chalicelib.errors import ApiError, BadRequest, NotFound, ValidationFailed
from chalicelib.mail.outbox import find_all_waiting, message_in
from chalicelib.records import start_over
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import EmailTemplate, PasswordAuth
from chalicelib.schema.record import Record
from chalicelib.security.passwords import password_matches
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.records import find_record
from tests.people import PASSWORD, add_person, change_person, set_auth_options
from tests.storage.faults import WRITES, Fault, Faulty

EMAIL = "ann@app.example"
TEMPLATE = EmailTemplate(subject="For {RECORD:name}", body="{TOKEN}")


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", verification_template=TEMPLATE)
    return add_person(id="annannannannann", email=EMAIL, name="<Ann>")


def ask(email: Any = EMAIL, collection: str = "users") -> None:
    request_verification(collection, form(email=email))


def confirm(token: Any, collection: str = "users") -> None:
    confirm_verification(collection, form(token=token))


def form(**body: Any) -> RequestInfo:
    return RequestInfo(method="POST", headers={"content_type": "application/json"}, body=body)


def again(record: Record) -> Record:
    found = find_record(record.collection, record.id)
    assert found is not None
    return found


def token_of(record: Record, kind: str = "verification", **claims: Any) -> str:
    return new_token(record, kind, 0, **{"email": record.get("email"), **claims})


def test_a_mail_with_a_token_that_verifies(ann: Record) -> None:
    ask()
    (mail,) = map(message_in, find_all_waiting(9))
    assert (mail.kind, mail.to, mail.subject) == ("verification", EMAIL, "For &lt;Ann&gt;")
    claims = jwt.decode(mail.html, options={"verify_signature": False})
    assert set(claims) == {"id", "type", "collectionId", "email", "exp"}
    assert round(claims["exp"] - clock.now().timestamp(), -1) == 86400
    confirm(mail.html)
    assert again(ann).get("verified") is True
    confirm(mail.html)
    assert again(ann).rev == 2


def test_once_a_token_was_used_another_is_sent_at_once(ann: Record) -> None:
    ask()
    (mail,) = map(message_in, find_all_waiting(9))
    confirm(mail.html)
    change_person(again(ann), verified=False)
    ask()
    ask()
    assert len(find_all_waiting(9)) == 2


def test_who_is_verified_is_sent_none(ann: Record) -> None:
    change_person(ann, verified=True)
    ask()
    assert find_all_waiting(9) == []


def test_known_unknown_verified_and_asked_before_take_the_same_calls(ann: Record, defaults: Engine) -> None:
    add_person(id="bobbobbobbobbob", email="bob@app.example", verified=True, tokenKey="b" * 50)
    taken = []
    for email in (EMAIL, EMAIL, "bob@app.example", "nobody@app.example"):
        defaults.calls.reset()
        ask(email)
        taken.append(dict(defaults.calls.by_operation))
    # The configuration's version (twice: nothing is trusted unasked in tests), the address, the record, and
    # when it was sent last.
    assert taken == [{"GetItem": 5, "TransactWriteItems": 1}] * 4
    assert len(find_all_waiting(9)) == 1


def test_it_is_not_sent_when_that_cannot_be_noted(ann: Record, defaults: Engine) -> None:
    defaults.send = Faulty(defaults.send, [Fault("TransactWriteItems", Unavailable("gone"))])
    with pytest.raises(Unavailable):
        ask()
    assert find_all_waiting(9) == []
    ask()
    assert len(find_all_waiting(9)) == 1


@pytest.mark.parametrize(
    "email", [None, "", "ann", " ann@app.example", "a@b", 5, ["a@b.example"], {}, "a" * 300]
)
def test_what_is_no_address_is_refused(ann: Record, email: Any) -> None:
    with pytest.raises(BadRequest):
        ask(email)
    assert find_all_waiting(9) == []


def test_superusers_and_other_collections(ann: Record) -> None:
    for call in (ask, confirm):
        with pytest.raises(BadRequest, match="All superusers are verified by default"):
            call("x", "_superusers")
        with pytest.raises(NotFound):
            call("x", "_mfas")
        with pytest.raises(NotFound):
            call("x", "nothing")


def refused(call: Any) -> Mapping[str, Any]:
    with pytest.raises(ApiError) as failed:
        call()
    assert failed.value.status == 400
    return {name: each["code"] for name, each in failed.value.data.items()}


def test_tokens_that_are_none(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("_superusers", id="rootrootrootroo", email=EMAIL)
    good = token_of(ann)
    key = signing_key(ann, "verification")
    claims = jwt.decode(good, key, algorithms=["HS256"])
    expired = jwt.encode({**claims, "exp": int((clock.now() - timedelta(seconds=1)).timestamp())}, key)
    invalid = {
        "of another kind": token_of(ann, "passwordReset"),
        "for a file": token_of(ann, "file"),
        "forged": jwt.encode(claims, "k" * 64),
        "unsigned": jwt.encode(claims, "", algorithm="none"),
        "by another algorithm": jwt.encode(claims, key, algorithm="HS512"),
        "expired": expired,
        "of nobody": jwt.encode({**claims, "id": "nobody"}, key),
        "of another collection": jwt.encode({**claims, "collectionId": "nope"}, key),
        "about another address": jwt.encode({**claims, "email": "x@app.example"}, key),
    }
    for name, token in invalid.items():
        assert refused(lambda token=token: confirm(token)) == {"token": "validation_invalid_token"}, name
    without = [jwt.encode({**claims, "email": each}, key) for each in ("", None, [EMAIL], {"a": EMAIL})]
    for token in (new_auth_token(ann), "x", "a.b.c", *without):
        assert refused(lambda token=token: confirm(token)) == {"token": "validation_invalid_token_claims"}
    set_auth_options("users")
    assert again(ann).rev == 1
    change_person(ann, tokenKey="n" * 50)
    assert refused(lambda: confirm(good)) == {"token": "validation_invalid_token"}


def test_a_password_that_nobody_signs_in_with_is_replaced(ann: Record) -> None:
    set_auth_options("users", password_auth=PasswordAuth(enabled=False))
    token = token_of(ann)
    confirm(token)
    after = again(ann)
    assert after.get("verified") is True
    assert not password_matches(PASSWORD, after.get("password"))
    assert refused(lambda: confirm(token)) == {"token": "validation_invalid_token"}


def test_who_is_faster_wins_and_nothing_is_lost(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the record between reading and writing."""
    monkeypatch.setattr(start_over, "FIRST_PAUSE", 0)
    send, others = defaults.send, [lambda: change_person(again(ann), name="new")]

    def slow(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation in WRITES and others:
            others.pop()()
        return send(operation, arguments)

    defaults.send = slow
    confirm(token_of(ann))
    after = again(ann)
    assert (after.get("name"), after.get("verified")) == ("new", True)


def test_a_record_that_is_not_valid_any_more(ann: Record) -> None:
    change_person(ann, name="x" * 300)
    with pytest.raises(ValidationFailed, match=verification.FAILED) as failed:
        confirm(token_of(ann))
    assert set(failed.value.data) == {"name"}


def test_many_at_once(ann: Record) -> None:
    token = token_of(ann)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(confirm, [token] * 4)) == [None] * 4
    assert again(ann).get("verified") is True
