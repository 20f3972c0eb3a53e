"""Sending by the mail server that the settings name."""

import base64
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from chalicelib import clock
from chalicelib.mail.failures import MailFailed, Unanswered
from chalicelib.mail.mime import Letter
from chalicelib.settings.model import Smtp
from chalicelib.settings.seal import SecretLost, open_secret
from chalicelib.storage.secrets import SecretMissing

if TYPE_CHECKING:
    from smtplib import SMTP

# For all of it: two answers of ours wait for it, and the gateway gives up on them after 29.
TOTAL_SECONDS = 25.0
# For each answer; servers look into a mail before they say that they have it.
SECONDS = 5.0
TAKING_SECONDS = 20.0
FAREWELL_SECONDS = 1.0
CONTINUE, WELCOME, DONE, GO_ON = 334, 235, 250, 354
TAKES_RECIPIENT = (250, 251)
HERE = ("localhost", "127.0.0.1", "::1")
_DOT = re.compile(rb"(?m)^\.")
# Lets the next answer take so many seconds, if there are as many left.
Allow: TypeAlias = Callable[[float], None]


def send_by_smtp(letter: Letter, smtp: Smtp) -> None:
    """Hand the mail to the server. Raises MailFailed, which says where and how, not what."""
    import smtplib  # noqa: PLC0415 - for those that send

    until = clock.stopwatch() + TOTAL_SECONDS * 1000
    try:
        with _connected(smtp) as client:
            allow = partial(_allow, client, until)
            _greet(client, smtp, allow)
            _sign_in(client, smtp, allow)
            _address(client, letter, allow)
            _hand_over(client, letter.source, allow)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        what = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
        raise MailFailed(f"{what} of {smtp.host}:{smtp.port}") from error
    except MailFailed as failed:
        raise type(failed)(f"{smtp.host}:{smtp.port} {failed}") from failed


@contextmanager
def _connected(smtp: Smtp) -> Iterator["SMTP"]:
    """A connection. Once the mail is handed over it does not matter how the server takes leave."""
    client = _connect(smtp)
    try:
        yield client
        _take_leave(client)
    finally:
        client.close()


def _connect(smtp: Smtp) -> "SMTP":
    import smtplib  # noqa: PLC0415 - for those that send

    name = smtp.local_name or "localhost"
    if smtp.tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(smtp.host, smtp.port, name, timeout=SECONDS, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, name, timeout=SECONDS)


def _take_leave(client: "SMTP") -> None:
    import smtplib  # noqa: PLC0415 - for those that send

    with suppress(smtplib.SMTPException, OSError):
        _allow(client, clock.stopwatch() + FAREWELL_SECONDS * 1000, FAREWELL_SECONDS)
        client.docmd("QUIT")


def _allow(client: "SMTP", until: float, seconds: float) -> None:
    left = (until - clock.stopwatch()) / 1000
    if left <= 0 or client.sock is None:
        raise TimeoutError
    client.sock.settimeout(min(seconds, left))


def _greet(client: "SMTP", smtp: Smtp, allow: Allow) -> None:
    """Say hello; over TLS once more, since all that was said before does not count any more."""
    allow(SECONDS)
    client.ehlo_or_helo_if_needed()
    if not smtp.tls and client.has_extn("starttls"):
        allow(SECONDS)
        client.starttls(context=ssl.create_default_context())
        allow(SECONDS)
        client.ehlo_or_helo_if_needed()


def _sign_in(client: "SMTP", smtp: Smtp, allow: Allow) -> None:
    """Say who we are, if the settings do: over an open line to this machine only."""
    if not smtp.username and not smtp.password:
        return
    if not isinstance(client.sock, ssl.SSLSocket) and smtp.host not in HERE:
        raise MailFailed("offers no TLS: the password is not sent in the clear")
    try:
        password = open_secret(smtp.password, "smtp.password")
    except (SecretLost, SecretMissing) as error:
        raise MailFailed(f"needs a password: {error}") from error
    method = smtp.auth_method.upper() or "PLAIN"
    sayings = _SAYINGS[method](smtp.username, password)
    for said, wanted in zip(sayings, [CONTINUE] * (len(sayings) - 1) + [WELCOME], strict=True):
        allow(SECONDS)
        code, _ = client.docmd(said)
        if code != wanted:  # what comes next would be taken for a command, and logged as one
            raise MailFailed(f"refuses the user and password by {method}: {code}")


def _address(client: "SMTP", letter: Letter, allow: Allow) -> None:
    """Say from whom and to whom."""
    is_ascii = (letter.sender + letter.to).isascii()
    if not is_ascii and not client.has_extn("smtputf8"):
        raise MailFailed("takes ASCII addresses only: it offers no SMTPUTF8")
    allow(SECONDS)
    code, _ = client.mail(letter.sender, [] if is_ascii else ["SMTPUTF8"])
    if code != DONE:
        raise MailFailed(f"refuses the sender: {code}")
    allow(SECONDS)
    code, _ = client.rcpt(letter.to)
    if code not in TAKES_RECIPIENT:
        raise MailFailed(f"refuses the recipient: {code}")


def _hand_over(client: "SMTP", mail: bytes, allow: Allow) -> None:
    """Say the mail itself. Raises Unanswered when whether it was taken cannot be told."""
    allow(SECONDS)
    code, _ = client.docmd("DATA")
    if code == GO_ON:
        allow(TAKING_SECONDS)
        client.send(_DOT.sub(b"..", mail) + (b"" if mail.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code = _answer(client)
    if code != DONE:
        raise MailFailed(f"refuses the mail: {code}")


def _answer(client: "SMTP") -> int:
    import smtplib  # noqa: PLC0415 - for those that send

    try:
        return client.getreply()[0]
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unanswered("does not say whether it has taken the mail") from error


# What is said in turn, by method. Not smtplib's own, which knows ASCII only.
_SAYINGS: Mapping[str, Callable[[str, str], Sequence[str]]] = {
    "PLAIN": lambda user, password: (f"AUTH PLAIN {_encoded(f'{chr(0)}{user}{chr(0)}{password}')}",),
    "LOGIN": lambda user, password: ("AUTH LOGIN", _encoded(user), _encoded(password)),
}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode()
