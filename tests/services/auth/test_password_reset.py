"""A new password by mail: once for each token, also for two who have it; nobody can tell who exists."""

from typing import Any

import pytest

from chalicelib.auth.identify import identify
from chalicelib.auth.password_reset import confirm_password_reset, request_password_reset
from chalicelib.auth.tokens import new_auth_token, new_token, parse_token
from chalicelib.auth.with_password import sign_in_with_password
from chalicelib.errors import ApiError, BadRequest, NotFound
from chalicelib.mail.outbox import find_all_waiting, message_in
from chalicelib.records import start_over
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import EmailTemplate, PasswordAuth
from chalicelib.schema.record import Record
from chalicelib.security.passwords import password_matches
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from tests.people import PASSWORD, add_person, change_person, set_auth_options
from tests.storage.faults import WRITES

EMAIL = "ann@app.example"
NEW = "another-password"


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", reset_password_template=EmailTemplate(subject="S", body="{TOKEN}"))
    return add_person(id="annannannannann", email=EMAIL)


def form(**body: Any) -> RequestInfo:
    return RequestInfo(method="POST", headers={"content_type": "application/json"}, body=body)


def ask(email: Any = EMAIL, collection: str = "users") -> None:
    request_password_reset(collection, form(email=email))


def reset(token: Any, password: Any = NEW, confirm: Any = None, collection: str = "users") -> None:
    body = {"token": token, "password": password, "passwordConfirm": password if confirm is None else confirm}
    confirm_password_reset(collection, form(**body))


def again(record: Record) -> Record:
    found = find_record(record.collection, record.id)
    assert found is not None
    return found


def token_of(record: Record) -> str:
    return new_token(record, "passwordReset", 0, email=record.get("email"))


def refused(*given: Any, **options: Any) -> dict[str, str]:
    with pytest.raises(ApiError) as failed:
        reset(*given, **options)
    assert failed.value.status == 400
    return {name: each["code"] for name, each in failed.value.data.items()}


def test_a_mail_with_a_token_that_sets_a_password_once(ann: Record) -> None:
    session = new_auth_token(ann)
    ask()
    (mail,) = map(message_in, find_all_waiting(9))
    assert (mail.kind, mail.to) == ("password-reset", EMAIL)
    reset(mail.html)
    after = again(ann)
    assert password_matches(NEW, after.get("password")) and after.get("verified") is True
    assert identify(session) is None
    assert sign_in_with_password("users", form(identity=EMAIL, password=NEW))["token"]
    assert refused(mail.html) == {"token": "validation_invalid_token"}
    assert refused(mail.html, PASSWORD) == {"token": "validation_invalid_token"}


def test_known_unknown_and_asked_before_take_the_same_calls(ann: Record, defaults: Engine) -> None:
    taken = []
    for email in (EMAIL, EMAIL, "nobody@app.example"):
        defaults.calls.reset()
        ask(email)
        taken.append(dict(defaults.calls.by_operation))
    assert taken == [{"GetItem": 5, "TransactWriteItems": 1}] * 3
    assert len(find_all_waiting(9)) == 1


def test_once_a_token_was_used_another_is_sent_at_once(ann: Record) -> None:
    ask()
    (mail,) = map(message_in, find_all_waiting(9))
    assert refused(mail.html, confirm="x") == {"passwordConfirm": "validation_values_mismatch"}
    ask()
    assert len(find_all_waiting(9)) == 1
    reset(mail.html)
    ask()
    ask()
    assert len(find_all_waiting(9)) == 2


def test_of_two_who_have_the_token_one_sets_a_password(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_over, "FIRST_PAUSE", 0)
    token, send = token_of(ann), defaults.send
    others = [lambda: reset(token, "the-faster-one")]

    def slow(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation in WRITES and others:
            others.pop()()
        return send(operation, arguments)

    defaults.send = slow
    assert refused(token) == {"token": "validation_invalid_token"}
    assert password_matches("the-faster-one", again(ann).get("password"))


def test_an_address_that_is_another_by_now_is_not_proven(ann: Record) -> None:
    token = token_of(ann)
    change_person(ann, email="new@app.example")
    reset(token)
    assert again(ann).get("verified") is False


@pytest.mark.parametrize(
    ("password", "confirm", "codes"),
    [
        ("", "", {"password": "validation_required", "passwordConfirm": "validation_required"}),
        ("1234567", "1234567", {"password": "validation_length_out_of_range"}),
        (NEW, "x", {"passwordConfirm": "validation_values_mismatch"}),
        ("a" * 256, "a" * 256, {"password": "validation_length_out_of_range"}),
        ("a" * 80, "a" * 80, {"password": "validation_invalid_value"}),
        (5, 5, {}),
    ],
)
def test_passwords_that_are_refused_change_nothing(
    ann: Record, password: Any, confirm: Any, codes: dict[str, str]
) -> None:
    token = token_of(ann)
    assert refused(token, password, confirm) == codes
    assert again(ann).rev == 1
    reset(token)


def test_tokens_that_are_none(ann: Record, defaults: Engine) -> None:
    add_person("_superusers", id="rootrootrootroo", email=EMAIL)
    for token in (
        new_auth_token(ann),
        new_token(ann, "verification", 0, email=EMAIL),
        "x",
        token_of(ann) + "x",
    ):
        assert refused(token) == {"token": "validation_invalid_token"}
    assert refused("") == {"token": "validation_required"}
    assert refused(token_of(ann), collection="_superusers") == {
        "token": "validation_token_collection_mismatch"
    }
    assert parse_token(token_of(ann)) is not None


def test_superusers_reset_theirs(defaults: Engine) -> None:
    root = add_person("_superusers", id="rootrootrootroo", email=EMAIL)
    ask(EMAIL, "_superusers")
    assert len(find_all_waiting(9)) == 1
    reset(token_of(root), collection="_superusers")
    assert password_matches(NEW, again(root).get("password"))


def test_where_nobody_signs_in_by_password(ann: Record) -> None:
    set_auth_options("users", password_auth=PasswordAuth(enabled=False))
    with pytest.raises(BadRequest, match="not configured to allow password authentication"):
        ask()
    for call in (ask, reset):
        with pytest.raises(NotFound):
            call("x", collection="_mfas")
