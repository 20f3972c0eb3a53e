"""Moving to another address: the mail is sent at once, the change takes token and password, once."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.auth import email_change
from chalicelib.auth.email_change import confirm_email_change, request_email_change
from chalicelib.auth.identify import identify
from chalicelib.auth.tokens import new_auth_token, new_token
from chalicelib.errors import ApiError, BadRequest
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.message import Message
from chalicelib.mail.outbox import find_all_waiting
from chalicelib.records import start_over
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import EmailTemplate
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from tests.logged import kept_lines
from tests.people import PASSWORD, add_person, set_auth_options
from tests.storage.faults import WRITES

EMAIL, NEW = "ann@app.example", "new@app.example"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Message]]:
    """The mails that left."""
    left: list[Message] = []
    monkeypatch.setattr(email_change, "send_now", left.append)
    yield left


@pytest.fixture
def ann(defaults: Engine, sent: list[Message]) -> Record:
    template = EmailTemplate(subject="S", body="{RECORD:email} {TOKEN}")
    set_auth_options("users", confirm_email_change_template=template)
    return add_person(id="annannannannann", email=EMAIL)


def form(auth: Record | None = None, **body: Any) -> RequestInfo:
    return RequestInfo(method="POST", headers={"content_type": "application/json"}, body=body, auth=auth)


def ask(auth: Record | None, new_email: Any = NEW, collection: str = "users") -> None:
    request_email_change(collection, form(auth, newEmail=new_email))


def confirm(token: Any, password: Any = PASSWORD, collection: str = "users") -> None:
    confirm_email_change(collection, form(token=token, password=password))


def token_of(record: Record, new_email: str = NEW) -> str:
    return new_token(record, "emailChange", 0, email=record.get("email"), newEmail=new_email)


def again(record: Record) -> Record:
    found = find_record(record.collection, record.id)
    assert found is not None
    return found


def refused(call: Any, *given: Any) -> tuple[int, dict[str, str]]:
    with pytest.raises(ApiError) as failed:
        call(*given)
    return failed.value.status, {name: each["code"] for name, each in failed.value.data.items()}


def test_the_new_address_gets_a_token_that_moves_the_record(ann: Record, sent: list[Message]) -> None:
    session = new_auth_token(ann)
    ask(ann)
    (mail,) = sent
    old, token = mail.html.split(" ")
    assert (mail.to, old) == (NEW, EMAIL)
    assert again(ann).rev == 1
    confirm(token)
    after = again(ann)
    assert (after.get("email"), after.get("verified")) == (NEW, True)
    assert identify(session) is None
    assert refused(confirm, token)[1]["token"] == "validation_invalid_token"
    assert find_all_waiting(9) == []


def test_a_mail_that_does_not_leave_is_told_without_saying_why(
    ann: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(message: Message) -> None:
        raise MailFailed("mail.example:587 is gone")

    monkeypatch.setattr(email_change, "send_now", fail)
    with kept_lines() as lines, pytest.raises(BadRequest) as failed:
        ask(ann)
    assert failed.value.to_json() == {"data": {}, "message": "Failed to request email change.", "status": 400}
    assert "mail.example:587 is gone" in str(lines) and "eyJ" not in str(lines)


def test_who_may_ask(ann: Record, sent: list[Message]) -> None:
    root = add_person("_superusers", id="rootrootrootroo", email="root@app.example")
    assert refused(ask, None) == (401, {})
    assert refused(ask, root) == (403, {})
    assert refused(ask, ann, NEW, "_superusers") == (403, {})
    assert refused(ask, root, NEW, "_superusers") == (400, {})
    assert refused(ask, ann, NEW, "nothing") == (404, {})
    assert sent == []


@pytest.mark.parametrize(
    ("new_email", "code"),
    [
        ("", "validation_required"),
        ("x", "validation_is_email"),
        ("x@app.example\r\nBcc: y@app.example", "validation_is_email"),
        (EMAIL, "validation_not_in_invalid"),
        ("bob@app.example", "validation_invalid_new_email"),
        ("a" * 250 + "@app.example", "validation_length_out_of_range"),
    ],
)
def test_addresses_that_are_refused(ann: Record, sent: list[Message], new_email: str, code: str) -> None:
    add_person(id="bobbobbobbobbob", email="bob@app.example")
    assert refused(ask, ann, new_email) == (400, {"newEmail": code})
    assert sent == []


def test_tokens_and_passwords_that_are_refused(ann: Record) -> None:
    add_person(id="bobbobbobbobbob", email="bob@app.example")
    wrong = "validation_invalid_password"
    for token, password, codes in (
        ("", "", {"token": "validation_required", "password": "validation_required"}),
        ("x", PASSWORD, {"token": "validation_invalid_token_payload", "password": wrong}),
        (new_auth_token(ann), PASSWORD, {"token": "validation_invalid_token_payload", "password": wrong}),
        (
            token_of(ann, ["a@app.example"]),
            PASSWORD,
            {"token": "validation_invalid_token_payload", "password": wrong},
        ),
        (token_of(ann) + "x", PASSWORD, {"token": "validation_invalid_token", "password": wrong}),
        (
            token_of(ann, "bob@app.example"),
            PASSWORD,
            {"token": "validation_invalid_token_email", "password": wrong},
        ),
        (token_of(ann), "wrong", {"password": wrong}),
        (token_of(ann), "a" * 101, {"password": "validation_length_out_of_range"}),
    ):
        assert refused(confirm, token, password) == (400, codes)
    assert refused(confirm, token_of(ann), PASSWORD, "_superusers") == (400, {})
    assert again(ann).rev == 1


def test_of_two_who_have_the_token_one_moves_the_record(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_over, "FIRST_PAUSE", 0)
    send, others = defaults.send, [lambda: confirm(token_of(ann, "faster@app.example"))]

    def slow(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation in WRITES and others:
            others.pop()()
        return send(operation, arguments)

    defaults.send = slow
    assert refused(confirm, token_of(ann))[1]["token"] == "validation_invalid_token"
    assert again(ann).get("email") == "faster@app.example"


def test_somebody_takes_the_address_at_the_last_moment(ann: Record, defaults: Engine) -> None:
    send, others = defaults.send, [lambda: add_person(id="bobbobbobbobbob", email=NEW)]

    def slow(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation in WRITES and others:
            others.pop()()
        return send(operation, arguments)

    defaults.send = slow
    assert refused(confirm, token_of(ann)) == (400, {"email": "validation_not_unique"})
    assert again(ann).get("email") == EMAIL
