"""Where a mail leaves by: the settings' mail server, SES, or the mailbox of a stage that has neither."""

import base64
import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib import clock
from chalicelib.config import Config, get_config
from chalicelib.mail import send, smtp
from chalicelib.mail.failures import MailFailed, Unanswered
from chalicelib.mail.message import Message
from chalicelib.mail.send import send_now, sender_of
from chalicelib.settings.model import DEFAULTS, Meta
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from chalicelib.storage.mailbox import list_mails
from tests.mail_server import HOST, MailServer, running_mail_server, settings_for

MESSAGE = Message("otp", "ann@app.example", "Hi", "<p>Your code: <b>123456</b></p>\n<p>.</p>")
SECRET = "pass word é"


@pytest.fixture
def server(defaults: Engine) -> Iterator[MailServer]:
    """A mail server that the settings name."""
    with running_mail_server() as running:
        change_settings(settings_for(running))
        yield running


def test_the_mailbox_of_a_stage_without_mail(defaults: Engine) -> None:
    send_now(MESSAGE)
    (kept,) = list_mails()
    assert b"Subject: Hi" in kept.source and b"123456" in kept.source


def test_the_server_of_the_settings(server: MailServer) -> None:
    send_now(MESSAGE)
    (mail,) = server.wait()
    assert (mail.sender, mail.recipients) == ("support@example.com", ("ann@app.example",))
    assert (mail.subject, mail.body("plain").split()) == ("Hi", ["Your", "code:", "123456", "."])
    assert server.inbox.commands[0] == "ehlo localhost"
    assert list_mails() == []


@pytest.mark.parametrize("method", ["", "PLAIN", "LOGIN"])
def test_signing_in_to_the_server(server: MailServer, method: str) -> None:
    server.inbox.secret = SECRET
    with pytest.raises(MailFailed):
        send_now(MESSAGE)
    change_settings(
        {"smtp": {"username": "u", "password": SECRET, "authMethod": method, "localName": "here"}}
    )
    send_now(MESSAGE)
    assert len(server.inbox.mails) == 1
    assert any(each.startswith(f"AUTH {method or 'PLAIN'}") for each in server.inbox.commands)
    assert "ehlo here" in server.inbox.commands


def test_a_wrong_password_is_told_without_it(server: MailServer) -> None:
    server.inbox.secret = "another"
    change_settings({"smtp": {"username": "u", "password": SECRET}})
    with pytest.raises(MailFailed) as failed:
        send_now(MESSAGE)
    assert "refuses the user and password by PLAIN: 535" in str(failed.value)
    assert SECRET not in str(failed.value)


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN"])
def test_user_and_password_are_not_said_to_who_does_not_ask_for_them(server: MailServer, method: str) -> None:
    server.inbox.secret, server.inbox.offers = SECRET, ("AUTH CRAM-MD5",)
    change_settings({"smtp": {"username": "u", "password": SECRET, "authMethod": method}})
    with pytest.raises(MailFailed, match=f"refuses the user and password by {method}: 504"):
        send_now(MESSAGE)
    assert len(server.inbox.commands) == 2
    assert base64.b64encode(SECRET.encode()).decode() not in server.inbox.commands


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN"])
def test_signing_in_under_starttls(
    server: MailServer, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes nothing before TLS, and has forgotten then what was said before."""
    path = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setattr(smtp, "HERE", ())
    server.inbox.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.inbox.tls.load_cert_chain(path)
    server.inbox.secret = SECRET
    change_settings({"smtp": {"username": "u", "password": SECRET, "authMethod": method}})
    send_now(MESSAGE)
    verbs = [each.split(" ")[0].upper() for each in server.inbox.commands]
    assert verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert [mail.recipients for mail in server.wait()] == [("ann@app.example",)]


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN"])
def test_signing_in_to_a_server_that_speaks_nothing_but_tls(
    server: MailServer, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setattr(smtp, "HERE", ())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.inbox.secret = SECRET
    change_settings({"smtp": {"tls": True, "username": "u", "password": SECRET, "authMethod": method}})
    send_now(MESSAGE)
    assert [each.split(" ")[0].upper() for each in server.inbox.commands[:2]] == ["EHLO", "AUTH"]
    assert [mail.recipients for mail in server.wait()] == [("ann@app.example",)]


def test_how_a_server_takes_leave_does_not_matter(server: MailServer) -> None:
    server.inbox.bye = "500 what"
    send_now(MESSAGE)
    assert len(server.wait()) == 1


def test_a_server_that_looks_into_a_mail_for_longer_than_it_takes_to_answer(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.2)
    server.inbox.seconds = 0.5
    send_now(MESSAGE)
    monkeypatch.setattr(smtp, "TAKING_SECONDS", 0.2)
    with pytest.raises(Unanswered, match=f"{HOST}:{server.port} does not say whether it has taken the mail"):
        send_now(MESSAGE)
    assert len(server.wait(2)) == 2


def test_all_of_it_has_an_end(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 0.3)
    server.inbox.seconds = 5
    with pytest.raises(Unanswered):
        send_now(MESSAGE)
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 0.0)
    with pytest.raises(MailFailed, match="TimeoutError"):
        send_now(MESSAGE)


@pytest.mark.parametrize(
    ("sender", "to", "envelope", "option"),
    [
        ("a@süd.example", "b@app.example", ("a@xn--sd-xka.example", "b@app.example"), ""),
        ("a@app.example", "b@Müller.example", ("a@app.example", "b@xn--mller-kva.example"), ""),
        ("a@app.example", "jörg@süd.example", ("a@app.example", "jörg@xn--sd-xka.example"), "smtputf8"),
        ("ünï@app.example", "b@app.example", ("ünï@app.example", "b@app.example"), "smtputf8"),
    ],
)
def test_addresses_that_are_not_ascii(
    server: MailServer, sender: str, to: str, envelope: tuple[str, str], option: str
) -> None:
    change_settings({"meta": {"senderAddress": sender, "senderName": "Süd"}})
    send_now(replace(MESSAGE, to=to))
    (mail,) = server.wait()
    assert (mail.sender, mail.recipients) == (envelope[0], (envelope[1],))
    (from_line,) = mail.message["from"].addresses
    assert (from_line.display_name, mail.message["to"]) == ("Süd", envelope[1])
    assert from_line.addr_spec.encode("utf-8", "surrogateescape").decode() == envelope[0]
    begun = next(each for each in server.inbox.commands if each.lower().startswith("mail"))
    assert ("smtputf8" in begun.lower()) == bool(option)
    server.inbox.offers = ("8BITMIME",)
    if option:
        with pytest.raises(MailFailed, match="no SMTPUTF8"):
            send_now(replace(MESSAGE, to=to))
    else:
        send_now(replace(MESSAGE, to=to))


@pytest.mark.parametrize("domain", ["straße.example", "a" * 60 + "ü.example", "ü..example", "℡.example"])
def test_a_domain_that_would_become_another_is_not_sent_to(server: MailServer, domain: str) -> None:
    with pytest.raises(MailFailed, match="domain") as failed:
        send_now(replace(MESSAGE, to=f"ann@{domain}"))
    assert domain not in str(failed.value)
    assert server.inbox.mails == []


def test_a_stage_that_is_called_test_sends_its_mails(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "WITH_MAILBOX", send.WITH_MAILBOX[:1])
    with pytest.raises(MailFailed, match="SES"):
        send_now(MESSAGE)
    assert list_mails() == []


def test_a_password_does_not_go_over_an_open_line(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "HERE", ())
    change_settings({"smtp": {"username": "u", "password": SECRET}})
    with pytest.raises(MailFailed, match="offers no TLS"):
        send_now(MESSAGE)
    assert not any(each.upper().startswith("AUTH") for each in server.inbox.commands)


@pytest.mark.parametrize("change", [{"port": 1}, {"tls": True}])
def test_no_server_there_or_none_that_speaks_tls(server: MailServer, change: dict[str, Any]) -> None:
    change_settings({"smtp": change})
    with pytest.raises(MailFailed, match=HOST):
        send_now(MESSAGE)


def test_a_server_that_refuses(server: MailServer) -> None:
    server.inbox.refuse = True
    with pytest.raises(MailFailed, match="SMTPConnectError 554"):
        send_now(MESSAGE)
    assert server.inbox.mails == []


def test_a_server_that_says_nothing_is_not_waited_for_long(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.05)
    with socket.create_server((HOST, 0)) as silent:
        change_settings({"smtp": {"enabled": True, "host": HOST, "port": silent.getsockname()[1]}})
        with pytest.raises(MailFailed, match="SMTPServerDisconnected of"):
            send_now(MESSAGE)


def test_a_certificate_that_nobody_vouches_for_is_refused(defaults: Engine, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(make_certificate(tmp_path))
    with socket.create_server((HOST, 0)) as listening:
        thread = threading.Thread(target=greet, args=(listening, context))
        thread.start()
        change_settings(
            {"smtp": {"enabled": True, "host": HOST, "port": listening.getsockname()[1], "tls": True}}
        )
        with pytest.raises(MailFailed, match="SSLCertVerificationError"):
            send_now(MESSAGE)
        thread.join()


def greet(listening: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listening.accept()
    with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True):
        pass


def make_certificate(folder: Path) -> Path:
    """A certificate of our own for this machine, with its key, as a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = clock.now()
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    made = made.add_extension(address, critical=False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


@pytest.fixture
def ses(defaults: Engine, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stage that sends by SES, which knows its sender."""
    config = replace(get_config(), stage="dev", mail_sender="team@app.example")
    monkeypatch.setattr(send, "get_config", lambda: config)
    client = boto3.client("sesv2", region_name=config.region)
    client.create_email_identity(EmailIdentity="team@app.example")
    yield ses_backends[DEFAULT_ACCOUNT_ID][config.region]
    client.delete_email_identity(EmailIdentity="team@app.example")


def test_ses(ses: Any) -> None:
    send_now(MESSAGE)
    sent = ses.sent_messages[-1]
    assert (sent.source, set(sent.destinations)) == ("team@app.example", {"ann@app.example"})
    assert "123456" in sent.raw_data
    assert list_mails() == []


def test_ses_does_not_know_the_sender(ses: Any) -> None:
    change_settings({"meta": {"senderAddress": "other@else.example"}})
    with pytest.raises(MailFailed, match="SES: MessageRejected") as failed:
        send_now(MESSAGE)
    assert "@" not in str(failed.value)


@pytest.mark.parametrize(
    ("given", "stage", "address"),
    [
        (DEFAULTS.meta.sender_address, "", "support@example.com"),
        (DEFAULTS.meta.sender_address, "team@app.example", "team@app.example"),
        ("me@app.example", "team@app.example", "me@app.example"),
    ],
)
def test_who_it_is_from(given: str, stage: str, address: str) -> None:
    sender = sender_of(Meta(sender_name="N", sender_address=given), Config(mail_sender=stage))
    assert (sender.name, sender.address) == ("N", address)
