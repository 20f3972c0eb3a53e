"""A mail over the wire: its parts, and that nothing in it can become a header or another recipient."""

import email
import email.policy
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.failures import MailFailed
from chalicelib.mail.layout import lay_out
from chalicelib.mail.message import Message
from chalicelib.mail.mime import Sender, as_bytes

FROM = Sender("Support", "support@app.example")
HEADERS = ["mime-version", "content-type", "from", "to", "subject", "date", "message-id"]


def parsed(subject: str = "Hi", html: str = "<p>Hi</p>", sender: Sender = FROM) -> EmailMessage:
    source = as_bytes(Message("otp", "ann@app.example", subject, html), sender)
    assert b"\n" not in source.replace(b"\r\n", b"")
    assert source.isascii()
    assert max(map(len, source.splitlines())) < 998
    return cast(EmailMessage, email.message_from_bytes(source, policy=email.policy.default))


def test_a_text_part_and_an_html_part() -> None:
    mail = parsed(html="<p>Grüße <b>✓</b></p>" + "x" * 2000)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and plain.get_content().startswith("Grüße ✓xxx")
    assert html is not None and "<p>Grüße <b>✓</b></p>xxx" in html.get_content()
    assert mail["message-id"].endswith("@app.example>")


def test_html_that_shows_no_text_has_no_text_part() -> None:
    kinds = [part.get_content_type() for part in parsed(html="<hr><img src='x'>").walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/html"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Support", "Support"),
        ('A "b", <c@d.example>', 'A "b", <c@d.example>'),
        ("Süd", "Süd"),
        ("ü" * 300, "ü" * 300),
        ("", ""),
    ],
)
def test_who_it_is_from(name: str, shown: str) -> None:
    (address,) = parsed(sender=Sender(name, "a@app.example"))["from"].addresses
    assert (address.display_name, address.addr_spec) == (shown, "a@app.example")


@pytest.mark.parametrize(
    "subject", ["a" * 500, "ü" * 500, "a b " * 200, "eyJ0.eyJ1.x y  z  ü " * 20, "", "=?utf-8?q?x?="]
)
def test_a_subject_of_any_length_arrives(subject: str) -> None:
    assert str(parsed(subject=subject)["subject"]) == subject


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_becomes_a_header(subject: str, name: str) -> None:
    mail = parsed(subject=subject, sender=Sender(name, "a@app.example"))
    assert [header.lower() for header in mail] == HEADERS
    assert [each.addr_spec for each in mail["from"].addresses] == ["a@app.example"]
    assert [each.addr_spec for each in mail["to"].addresses] == ["ann@app.example"]


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_break_in_a_subject_is_left_out(line: str) -> None:
    mail = parsed(subject=f"Hi{line}Bcc: all@app.example")
    assert mail["subject"] == "HiBcc: all@app.example"
    assert mail["bcc"] is None


NO_ADDRESSES = (
    """a@b@c|a@b.example, c@d.example|<a@b.example>|a b@c.example|a@b.example;c@d.example|"a"@b.example"""
)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "a\x00@b.example",
        "a@b.\ud800",
        "a@b.e\u2028x",
        *NO_ADDRESSES.split("|"),
    ],
)
def test_what_is_no_address_is_not_sent_to(address: str) -> None:
    with pytest.raises(MailFailed) as failed:
        as_bytes(Message("otp", address, "", ""), FROM)
    with pytest.raises(MailFailed):
        as_bytes(Message("otp", "a@b.example", "", ""), Sender("", address))
    assert not address or address not in str(failed.value)


def test_html_is_no_template_of_ours() -> None:
    """What is in a mail is put into the layout and is not read as a part of it."""
    html = "{{ 7 * 7 }}{% for x in (1, 2) %}{{ content }}{# x #}"
    assert html in lay_out(html)
    assert lay_out(html).count("7 * 7") == 1
