"""The mailbox page of `make run`: shows what would have been sent, harms nobody, is seen from here only."""

import pytest

import app as application
from chalicelib.mail.message import Message
from chalicelib.mail.send import send_now
from chalicelib.storage.engine import Engine
from chalicelib.storage.mailbox import keep_mail, list_mails
from dev.event import HttpRequest
from dev.gateway import Answer
from dev.mailbox import GatewayWithMailbox

HERE = {"Host": "127.0.0.1:8090"}
EVIL = "<script>alert(1)</script>\"'"


@pytest.fixture(scope="module")
def pages() -> GatewayWithMailbox:
    return GatewayWithMailbox(application.app)


def get(pages: GatewayWithMailbox, path: str, host: str = "127.0.0.1:8090", method: str = "GET") -> Answer:
    return pages.answer(HttpRequest(method, path, {"Host": host}, b""))


def test_there_is_nothing_yet(pages: GatewayWithMailbox, engine: Engine) -> None:
    status, headers, body = get(pages, "/_/mail")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"No mail yet" in body


def test_what_was_sent_is_listed_and_shown(pages: GatewayWithMailbox, defaults: Engine) -> None:
    send_now(Message("otp", "ann@app.example", "Grüße", "<p>Code <b>123456</b></p>"))
    (mail,) = list_mails()
    for path in ("/_/mail", "/_/mail/"):
        body = get(pages, path)[2].decode()
        assert "ann@app.example" in body and "Grüße" in body and f'href="/_/mail/{mail.name}"' in body
    status, _, content = get(pages, f"/_/mail/{mail.name}")
    assert status == 200
    assert "&lt;p&gt;Code &lt;b&gt;123456" in content.decode() and "<pre>Code 123456" in content.decode()


def test_nothing_in_a_mail_runs_in_the_page(pages: GatewayWithMailbox, defaults: Engine) -> None:
    send_now(Message("otp", "ann@app.example", EVIL, f"<p>{EVIL}</p>"))
    keep_mail(f"From: {EVIL}\r\nTo: {EVIL}\r\nSubject: x\r\nDate: {EVIL}\r\n\r\n{EVIL}".encode())
    keep_mail(b"\xff\xfe no mail at all")
    paths = ["/_/mail", *(f"/_/mail/{mail.name}" for mail in list_mails())]
    for path in paths:
        status, headers, body = get(pages, path)
        assert status == 200
        assert b"<script" not in body
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert b"<iframe" not in body or b'sandbox="allow-popups allow-popups-to-escape-sandbox"' in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8090", "127.0.0.1.evil.example", ""])
def test_no_other_site_sees_it_through_a_name_of_its_own(
    pages: GatewayWithMailbox, engine: Engine, host: str
) -> None:
    assert get(pages, "/_/mail", host)[0] == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8090", "[::1]:8090", "127.0.0.1"])
def test_names_of_this_machine(pages: GatewayWithMailbox, engine: Engine, host: str) -> None:
    assert get(pages, "/_/mail", host)[0] == 200


def test_other_paths_are_the_applications(pages: GatewayWithMailbox, defaults: Engine) -> None:
    assert get(pages, "/_/mail/nope")[0] == 404
    assert get(pages, "/_/mailbox")[0] == 404
    assert get(pages, "/_/mail", method="POST")[0] == 404
    assert get(pages, "/api/health")[0] == 200
    assert get(pages, "/_/mail", method="HEAD")[::2] == (200, b"")
