"""A mail as it goes over the wire: headers, a text part and an HTML part."""

import base64
import re
from email.charset import QP, Charset
from email.message import Message as Part
from email.policy import compat32
from email.utils import format_datetime, formataddr

from chalicelib import clock, ids
from chalicelib.frozen import dataclass
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.layout import lay_out
from chalicelib.mail.message import Message
from chalicelib.mail.plain_text import to_text

# One line, nothing that a mail program could take for the end of it.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>,;:\"\\()\[\]@]+@[^\s\x00-\x20\x7f<>,;:\"\\()\[\]@]+")
# A longer one would be folded at its spaces, which do not all survive that.
PLAIN_LENGTH = 60
# Characters of at most 4 bytes: 60 in a line of 78.
PIECE = 8
POLICY = compat32.clone(linesep="\r\n")


@dataclass(frozen=True)
class Sender:
    """Who a mail is from."""

    name: str
    address: str


@dataclass(frozen=True)
class Letter:
    """A mail on its way: the addresses of the envelope, and the whole text."""

    sender: str
    to: str
    source: bytes


def as_letter(message: Message, sender: Sender) -> Letter:
    """What is handed over. Raises MailFailed."""
    return Letter(address_of(sender.address), address_of(message.to), as_bytes(message, sender))


def as_bytes(message: Message, sender: Sender) -> bytes:
    """The whole mail. Raises MailFailed for an address that is none."""
    plain, html = to_text(message.html), _part("html", lay_out(message.html))
    parts = (_part("plain", plain), html) if plain else (html,)
    mail = _holding("mixed", _holding("alternative", *parts))
    mail["From"] = _named(one_line(sender.name), address_of(sender.address))
    mail["To"] = _raw(address_of(message.to))
    mail.add_header("Subject", _header(one_line(message.subject)))
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{ids.random_text(15)}@{address_of(sender.address).rpartition('@')[2]}>"
    return mail.as_bytes(policy=POLICY)


def one_line(text: str) -> str:
    """Text for a header: what could end it is left out.

    >>> one_line("Hello\\r\\nBcc: all@example.com")
    'HelloBcc: all@example.com'
    """
    return _CONTROL.sub("", _sendable(text))


def address_of(text: str) -> str:
    """An address that can be nothing but one, its domain in ASCII. Raises MailFailed.

    >>> address_of("ann@müller.example")
    'ann@xn--mller-kva.example'
    """
    if not _ADDRESS.fullmatch(text) or _CONTROL.search(text) or not _is_unicode(text):
        raise MailFailed("the address is none that mail can be sent to")
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain if domain.isascii() else _ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    """A domain as name servers know it; not one that reads back as another: ß as ss is somebody else's."""
    try:
        name = domain.encode("idna")
        is_same = name.decode("idna") == domain.lower()
    except UnicodeError as error:
        raise MailFailed("the address has a domain that cannot be written in ASCII") from error
    if not is_same:
        raise MailFailed("the address has a domain that means another one in ASCII")
    return name.decode("ascii")


def _named(name: str, address: str) -> str:
    """A name and an address. What is not ASCII in the latter goes as it is, which SMTPUTF8 allows."""
    if address.isascii():
        return formataddr((name, address))
    return f"{_header(name)}\n <{_raw(address)}>" if name else _raw(address)


def _raw(text: str) -> str:
    """Text whose bytes are put into a header untouched."""
    return text.encode().decode("ascii", "surrogateescape")


def _header(text: str) -> str:
    """A header's text: in base64, in pieces of a line each, unless it is plain and fits on one."""
    if _is_plain(text):
        return text
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    return "\n ".join(f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?=" for piece in pieces)


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) < PLAIN_LENGTH and "=?" not in text


def _holding(kind: str, *parts: Part) -> Part:
    whole = Part()
    whole["MIME-Version"] = "1.0"
    whole["Content-Type"] = f"multipart/{kind}"
    for part in parts:
        whole.attach(part)
    return whole


def _part(kind: str, text: str) -> Part:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    part = Part()
    part["Content-Type"] = f"text/{kind}"
    part.set_payload(_sendable(text), charset)
    return part


def _sendable(text: str) -> str:
    """Text without lone surrogates, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def _is_unicode(text: str) -> bool:
    return _sendable(text) == text
