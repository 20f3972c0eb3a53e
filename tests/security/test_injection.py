"""What clients say stays what it is: never a header, a place to go, a line of a mail, or a template."""

import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import quote, urlsplit

import pytest

from chalicelib.mail.mime import Sender, as_bytes
from chalicelib.mail.outbox import find_all_waiting, message_in
from chalicelib.schema.auth_options import EmailTemplate, Otp
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.people import add_person, set_auth_options

JSON = {"Content-Type": "application/json"}
HOSTILE = [
    "{TOKEN}",
    "{{ 7*7 }}{% raw %}",
    "${7*7}<%= 7*7 %>#{7*7}",
    "\r\nBcc: all@example.com\r\n\r\nHello",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=?utf-8?q?=0d=0aBcc:_all=40example.com?=",
    "\u2028Bcc: all@example.com",
    "{RECORD:tokenKey}{RECORD:password}{APP_URL}",
    "\ud800",
]
TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.")
NAMED = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
SENT = ["Origin", "Authorization", "X-Request-Id", "X-Forwarded-For", "User-Agent", "Host"]
ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "\r\nLocation: https://evil.example",
    "javascript:alert(1)",
]


def mail_to(ann: Record, gateway: Gateway) -> tuple[bytes, EmailMessage]:
    body = json.dumps({"email": ann.get("email")}).encode()
    path = "/api/collections/users/request-password-reset"
    assert gateway.handle("POST", path, JSON, body)[0] == 204
    (message,) = (message_in(task) for task in find_all_waiting(10))
    raw = as_bytes(message, Sender("Support\r\nBcc: all@example.com", "support@example.com"))
    return raw, message_from_bytes(raw, policy=policy.default)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_what_a_record_says_stays_text_in_a_mail(name: str, gateway: Gateway, defaults: Engine) -> None:
    template = EmailTemplate(subject="For {RECORD:name}", body="<p>{RECORD:name}</p><a href='{TOKEN}'>go</a>")
    set_auth_options("users", reset_password_template=template)
    raw, mail = mail_to(add_person(email="ann@example.com", name=name), gateway)
    assert sorted(mail.keys()) == NAMED
    assert str(mail["To"]) == "ann@example.com"
    assert mail["From"].addresses[0].addr_spec == "support@example.com"
    assert raw.partition(b"\r\n\r\n")[0].lower().count(b"\nbcc") == 0
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    assert not any(tag in html for tag in ("<script", "<img src=x", ">49<", "k" * 50, "$2a$"))
    assert len(TOKEN.findall(html)) == 1, "the token is where the template has it, and nowhere else"


@pytest.mark.parametrize(
    "email",
    [
        "ann@example.com\r\nBcc: all@example.com",
        "ann@example.com\nRCPT TO:<all@example.com>",
        "ann@example.com, all@example.com",
        "Ann <ann@example.com>",
        "ann@example.com\x00",
        "ann@example.com>",
        "ann@example.com;all@example.com",
        "ann@example.com all@example.com",
        '"ann,all@example.com,"@example.com',
        "<ann@example.com>,<all@example.com>",
        "ann@example.com%0d%0aBcc:all@example.com%00,",
        "ann@example.com\u2028Bcc: all@example.com",
        "ann\u202e@example.com,",
        "@example.com:ann@example.com",
    ],
    ids=ascii,
)
def test_no_address_is_more_than_one(email: str, gateway: Gateway, superuser: Superuser) -> None:
    """Neither as a record's, nor where a mail is to go, nor as whom mails are from."""
    root = {**JSON, "Authorization": superuser.token}
    ann = {"email": email, "password": "12345678", "passwordConfirm": "12345678"}
    asked = [
        ("POST", "/api/collections/users/records", ann),
        ("POST", "/api/collections/users/request-password-reset", {"email": email}),
        ("POST", "/api/collections/users/request-otp", {"email": email}),
        ("POST", "/api/settings/test/email", {"email": email, "template": "verification"}),
        ("PATCH", "/api/settings", {"meta": {"senderAddress": email}}),
    ]
    set_auth_options("users", otp=_otp())
    for method, path, body in asked:
        status, _, text = gateway.handle(method, path, root, json.dumps(body).encode())
        assert status == 400, f"{path} {status} {text!r}"
    assert find_all_waiting(10) == []


def _otp() -> Otp:
    return Otp(enabled=True, duration=180, length=8)


@pytest.mark.parametrize("text", ELSEWHERE, ids=ascii)
@pytest.mark.parametrize("name", ["state", "code", "error", "redirect", "redirectUrl", "url", "next"])
def test_nobody_is_sent_elsewhere(name: str, text: str, gateway: Gateway) -> None:
    """The page that says how it went is the application's own, whatever a provider's answer holds."""
    query = f"{name}={quote(text, safe='')}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [
        gateway.handle("GET", f"/api/oauth2-redirect?{query}", {}),
        gateway.handle("POST", "/api/oauth2-redirect", form, query.encode()),
    ]
    for status, headers, _ in answers:
        place = urlsplit(headers["Location"])
        assert status in (303, 307) and (place.scheme, place.netloc) == ("", "")
        assert place.path.startswith(("../", "/_/")) and "\n" not in headers["Location"]


@pytest.mark.parametrize("header", SENT)
def test_no_header_comes_back(header: str, gateway: Gateway) -> None:
    """What a client sends is in no header of the answer."""
    text = "https://evil.example/marker"
    answers = [
        gateway.handle("GET", path, {header: text})
        for path in ("/api/health", "/api/collections/users/records", "/api/files/users/a/b.txt", "/api/nope")
    ]
    assert not any("marker" in value for _, headers, _ in answers for value in headers.values())
