"""A mail that a request causes is sent by the function that follows the stream, by SMTP or by SES."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.config import Config
from tests.deploy.changes import FOLLOWER, read_changes
from tests.deploy.client import Api
from tests.deploy.emulator import Emulator
from tests.deploy.logs import count_runs, read_log
from tests.deploy.waiting import wait_until
from tests.mail_server import MailServer, running_mail_server, settings_for

PATIENCE = 30
SECRET = "a secret of the settings"
SENDER = "quoll@sender.example"
SETTINGS = "/api/settings"
USERS = "/api/collections/users"


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as server:
        server.inbox.secret = SECRET
        yield server


def set_up(superuser: Api, given: dict[str, Any]) -> None:
    """Save settings, and let functions that run already hear of them."""
    assert superuser.ask("PATCH", SETTINGS, given).status == 200
    time.sleep(Config().config_ttl + 0.5)


def sign_up(superuser: Api, email: str) -> None:
    """A user who asks for a mail."""
    user = {"email": email, "password": "12345678", "passwordConfirm": "12345678"}
    assert superuser.ask("POST", f"{USERS}/records", user).status == 200
    assert superuser.ask("POST", f"{USERS}/request-verification", {"email": email}).status == 204


def test_by_the_mail_server_of_the_settings(superuser: Api, mail_server: MailServer) -> None:
    """Its password is sealed by one function, and opened by another, with the stage's key."""
    smtp: Any = settings_for(mail_server)["smtp"]
    given = {"smtp": {**smtp, "username": "quoll", "password": SECRET}}
    set_up(superuser, given)
    sign_up(superuser, "ann@app.example")
    (mail,) = mail_server.wait(1, "ann@app.example", PATIENCE)
    assert "/confirm-verification/" in mail.body("html")


def test_by_ses(superuser: Api, emulator: Emulator, aws: Callable[[str], Any]) -> None:
    given = {"smtp": {"enabled": False}, "meta": {"senderAddress": SENDER, "senderName": "Quoll"}}
    set_up(superuser, given)
    aws("ses").verify_email_identity(EmailAddress=SENDER)
    aws("sesv2").put_account_details(
        MailType="TRANSACTIONAL",
        WebsiteURL="https://app.example",
        ProductionAccessEnabled=True,
        UseCaseDescription="x",
    )
    sign_up(superuser, "bob@app.example")
    assert wait_until(lambda: sent_by_ses(emulator, "bob@app.example"), PATIENCE)
    assert [each["Source"] for each in sent_by_ses(emulator, "bob@app.example")] == [SENDER]


def test_nothing_went_wrong_on_the_way(emulator: Emulator, aws: Callable[[str], Any]) -> None:
    client = aws("logs")
    assert wait_until(lambda: count_runs(client, FOLLOWER) == len(read_changes(emulator).calls), PATIENCE)
    log = read_log(client, FOLLOWER)
    assert "REPORT" in log
    assert '"level":"ERROR"' not in log


def sent_by_ses(emulator: Emulator, to: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{emulator.url}/_ministack/ses/messages", timeout=10) as answer:
        by_account = json.load(answer)["messages"]
    return [mail for mails in by_account.values() for mail in mails if mail["To"] == [to]]
