"""Mails with tokens over HTTP: each endpoint's way, its refusals, and that no body makes a server's error."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth.tokens import new_auth_token
from chalicelib.jobs.tasks import run_tasks
from chalicelib.schema.record import Record
from chalicelib.storage.mailbox import list_mails
from dev.gateway import Gateway
from dev.mailbox import read_mail
from tests.conftest import Superuser
from tests.people import PASSWORD, add_person
from tests.scenario import Scenario, play

USERS = "/api/collections/users"
EMAIL = "ann@app.example"
ENDPOINTS = [
    f"{kind}-{what}"
    for kind in ("request", "confirm")
    for what in ("verification", "password-reset", "email-change")
]

NOBODY = {"email": "x@app.example"}
OK = [
    Scenario(
        "verification of nobody",
        "POST",
        f"{USERS}/request-verification",
        {"email": "x@app.example"},
        status=204,
    ),
    Scenario("reset of nobody", "POST", f"{USERS}/request-password-reset", NOBODY, status=204),
    Scenario(
        "change", "POST", f"{USERS}/request-email-change", {"newEmail": "x@app.ex"}, by="ann", status=204
    ),
    Scenario(
        "a trial",
        "POST",
        "/api/settings/test/email",
        {"email": "x@app.example", "template": "otp", "collection": "users"},
        by="root",
        status=204,
    ),
]
REFUSED = [
    *(
        Scenario(f"{name}, unknown", "POST", f"/api/collections/no/{name}", {}, status=404)
        for name in ENDPOINTS
    ),
    *(Scenario(f"{name}, GET", "GET", f"{USERS}/{name}", status=404) for name in ENDPOINTS),
    *(
        Scenario(f"{name}, malformed", "POST", f"{USERS}/{name}", "{", by="ann", status=400)
        for name in ENDPOINTS
    ),
    *(
        Scenario(
            f"{name}, empty",
            "POST",
            f"{USERS}/{name}",
            {},
            by="ann",
            status=400,
            has=("validation_required",),
        )
        for name in ENDPOINTS
    ),
    Scenario(
        "reset by a body of an unknown type",
        "POST",
        f"{USERS}/confirm-password-reset",
        "x",
        headers={"Content-Type": "text/plain"},
        status=400,
        has=("An error occurred while loading the submitted data.",),
    ),
    Scenario("change by a guest", "POST", f"{USERS}/request-email-change", {}, status=401),
    Scenario("change by a superuser", "POST", f"{USERS}/request-email-change", {}, by="root", status=403),
    Scenario("a trial by a guest", "POST", "/api/settings/test/email", {}, status=401),
    Scenario("a trial by a user", "POST", "/api/settings/test/email", {}, by="ann", status=403),
    Scenario(
        "a trial of nothing",
        "POST",
        "/api/settings/test/email",
        {},
        by="root",
        status=400,
        has=("Failed to send the test email.", "validation_required"),
    ),
]


@pytest.fixture
def ann(superuser: Superuser) -> Record:
    return add_person(id="annannannannann", email=EMAIL)


@pytest.fixture
def tokens(ann: Record, superuser: Superuser) -> dict[str, str]:
    return {"ann": new_auth_token(ann), "root": superuser.token}


@pytest.mark.parametrize("scenario", [*OK, *REFUSED], ids=str)
def test_answers(scenario: Scenario, gateway: Gateway, tokens: dict[str, str]) -> None:
    answer = play(gateway, scenario, tokens)
    assert answer.status != 204 or answer.text == ""


def post(gateway: Gateway, path: str, body: Any, token: str = "") -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", "Authorization": token}
    status, _, content = gateway.handle("POST", path, headers, json.dumps(body).encode())
    return status, json.loads(content) if content else None


def token_in_the_mailbox() -> str:
    """The newest mail's, once what waits has left."""
    run_tasks(100, 5)
    found = re.search(r"#/auth/[a-z-]+/([\w.-]+)", read_mail(list_mails()[0]).html)
    assert found
    return found[1]


def test_from_signing_up_to_another_address(gateway: Gateway, tokens: dict[str, str]) -> None:
    assert post(gateway, f"{USERS}/request-verification", {"email": EMAIL})[0] == 204
    assert post(gateway, f"{USERS}/confirm-verification", {"token": token_in_the_mailbox()})[0] == 204
    assert post(gateway, f"{USERS}/request-password-reset", {"email": EMAIL})[0] == 204
    form = {"token": token_in_the_mailbox(), "password": "987654321", "passwordConfirm": "987654321"}
    assert post(gateway, f"{USERS}/confirm-password-reset", form)[0] == 204
    assert post(gateway, f"{USERS}/confirm-password-reset", form)[0] == 400
    assert post(gateway, f"{USERS}/auth-with-password", {"identity": EMAIL, "password": PASSWORD})[0] == 400
    signed_in = post(gateway, f"{USERS}/auth-with-password", {"identity": EMAIL, "password": "987654321"})[1]
    assert signed_in["record"]["verified"] is True
    change = {"newEmail": "new@app.example"}
    assert post(gateway, f"{USERS}/request-email-change", change, signed_in["token"])[0] == 204
    form = {"token": token_in_the_mailbox(), "password": "987654321"}
    assert post(gateway, f"{USERS}/confirm-email-change", form)[0] == 204
    credentials = {"identity": "new@app.example", "password": "987654321"}
    assert post(gateway, f"{USERS}/auth-with-password", credentials)[0] == 200


def test_known_and_unknown_are_answered_alike(gateway: Gateway, ann: Record) -> None:
    for name in ("request-verification", "request-password-reset"):
        answers = []
        for email in (EMAIL, EMAIL, "nobody@app.example"):
            body = json.dumps({"email": email}).encode()
            status, headers, content = gateway.handle(
                "POST", f"{USERS}/{name}", {"Content-Type": "application/json"}, body
            )
            answers.append((status, {k: v for k, v in headers.items() if k != "x-quoll-cost"}, content))
        assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("template", ["verification", "password-reset", "email-change", "otp", "login-alert"])
def test_trials_of_each_template(gateway: Gateway, superuser: Superuser, template: str) -> None:
    form = {"email": "t@app.example", "template": template}
    assert post(gateway, "/api/settings/test/email", form, superuser.token) == (204, None)
    (mail,) = map(read_mail, list_mails())
    assert (mail.to, mail.sender) == ("t@app.example", "Support <support@example.com>")
    assert "Acme" in mail.text and "{" not in mail.text


def test_why_a_trial_does_not_leave_is_told(gateway: Gateway, superuser: Superuser) -> None:
    smtp = json.dumps({"smtp": {"enabled": True, "host": "127.0.0.1", "port": 1}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": superuser.token}
    assert gateway.handle("PATCH", "/api/settings", headers, smtp)[0] == 200
    status, answer = post(
        gateway, "/api/settings/test/email", {"email": "t@app.example", "template": "otp"}, superuser.token
    )
    assert status == 400
    assert answer["message"].startswith(
        "Failed to send the test email. Raw error: \nConnectionRefusedError of"
    )


NAMES = st.sampled_from(
    ["email", "newEmail", "token", "password", "passwordConfirm", "template", "collection", "x"]
)
TEXTS = st.text(max_size=30) | st.sampled_from(
    ["a@b.example", "a\r\n@b.example", "eyJ.e30.x", "\ud800", "{TOKEN}"]
)
VALUES = TEXTS | st.none() | st.booleans() | st.floats() | st.lists(TEXTS, max_size=2)


@settings(max_examples=25)
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from(ENDPOINTS))
def test_hostile_bodies_are_no_errors_of_ours(
    gateway: Gateway, tokens: dict[str, str], body: dict[str, Any], name: str
) -> None:
    assert post(gateway, f"{USERS}/{name}", body, tokens["ann"])[0] in (204, 400)
    assert post(gateway, "/api/settings/test/email", body, tokens["root"])[0] in (204, 400)
