"""Sending by the mail server that the settings name."""

import base64
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from chalicelib.mail.failures import MailFailed
from chalicelib.mail.mime import Sender, address_of
from chalicelib.settings.model import Smtp
from chalicelib.settings.seal import SecretLost, open_secret
from chalicelib.storage.secrets import SecretMissing

if TYPE_CHECKING:
    from smtplib import SMTP

# For each of the some twelve answers of a server: the slowest refusal takes a minute.
SECONDS = 5.0
WELCOME = 235
HERE = ("localhost", "127.0.0.1", "::1")


def send_by_smtp(mail: bytes, sender: Sender, to: str, smtp: Smtp) -> None:
    """Hand the mail to the server. Raises MailFailed, which says where and how, not what."""
    import smtplib  # noqa: PLC0415 - for those that send

    try:
        with _connect(smtp) as client:
            client.ehlo_or_helo_if_needed()
            if not smtp.tls and client.has_extn("starttls"):
                client.starttls(context=ssl.create_default_context())
            _sign_in(client, smtp)
            client.sendmail(sender.address, [address_of(to)], mail, _options(sender, to))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        what = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
        raise MailFailed(f"{what} of {smtp.host}:{smtp.port}") from error


def _options(sender: Sender, to: str) -> list[str]:
    """What the server is asked to know; one that does not refuses such an address."""
    return [] if (sender.address + to).isascii() else ["SMTPUTF8"]


def _connect(smtp: Smtp) -> "SMTP":
    import smtplib  # noqa: PLC0415 - for those that send

    name = smtp.local_name or "localhost"
    if smtp.tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(smtp.host, smtp.port, name, timeout=SECONDS, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, name, timeout=SECONDS)


def _sign_in(client: "SMTP", smtp: Smtp) -> None:
    """Say who we are, if the settings do: over an open line to this machine only."""
    if not smtp.username and not smtp.password:
        return
    if not isinstance(client.sock, ssl.SSLSocket) and smtp.host not in HERE:
        raise MailFailed(f"{smtp.host}:{smtp.port} offers no TLS: the password is not sent in the clear")
    try:
        password = open_secret(smtp.password, "smtp.password")
    except (SecretLost, SecretMissing) as error:
        raise MailFailed(str(error)) from error
    method = smtp.auth_method.upper() or "PLAIN"
    for said in _SAYINGS[method](smtp.username, password):
        code, _ = client.docmd(said)
    if code != WELCOME:
        raise MailFailed(f"{smtp.host}:{smtp.port} refuses the user and password by {method}: {code}")


# What is said in turn, by method. Not smtplib's own, which knows ASCII only.
_SAYINGS: Mapping[str, Callable[[str, str], Sequence[str]]] = {
    "PLAIN": lambda user, password: (f"AUTH PLAIN {_encoded(f'{chr(0)}{user}{chr(0)}{password}')}",),
    "LOGIN": lambda user, password: ("AUTH LOGIN", _encoded(user), _encoded(password)),
}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode()
