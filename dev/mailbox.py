"""The mailbox page of ``make run``: what would have been sent, at /_/mail. Never deployed.

There are tokens in mails, so only a browser on this machine that was given this machine's name sees the page:
no other site can have it looked at through a name of its own.
"""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.errors import NotFound
from chalicelib.storage.mailbox import KeptMail, find_mail, list_mails
from dev.event import HttpRequest
from dev.gateway import Answer, Gateway, refusal

PATH = "/_/mail"
NAMES = ("127.0.0.1", "localhost", "[::1]", "::1")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class GatewayWithMailbox(Gateway):
    """The application behind its gateway, and the mailbox beside it."""

    def _answer(self, request: HttpRequest) -> Answer:
        path = request.path.rstrip("/")
        if request.method not in ("GET", "HEAD") or not (path == PATH or path.startswith(f"{PATH}/")):
            return super()._answer(request)
        if not _is_from_here(request):
            return refusal(request, NotFound)
        name = unquote(path.removeprefix(PATH).removeprefix("/"))
        return (
            _show_one(request, name) if name else _page("list.html", mails=list(map(read_mail, list_mails())))
        )


@dataclass(frozen=True)
class ShownMail:
    """A mail, as far as somebody who looks at it wants to know."""

    name: str
    sender: str
    to: str
    subject: str
    date: str
    html: str
    text: str
    source: str


def read_mail(kept: KeptMail) -> ShownMail:
    """A mail of the mailbox, taken apart."""
    message = cast(EmailMessage, email.message_from_bytes(kept.source, policy=email.policy.default))
    headers = {name: str(message[name] or "") for name in ("From", "To", "Subject", "Date")}
    parts = {kind: message.get_body((kind,)) for kind in ("html", "plain")}
    html, text = (str(part.get_content()) if part else "" for part in parts.values())
    return ShownMail(kept.name, *headers.values(), html, text, kept.source.decode("utf-8", "replace"))


def _show_one(request: HttpRequest, name: str) -> Answer:
    kept = find_mail(name)
    return _page("mail.html", mail=read_mail(kept)) if kept else refusal(request, NotFound)


def _is_from_here(request: HttpRequest) -> bool:
    host = next((value for name, value in request.headers.items() if name.lower() == "host"), "")
    return urlsplit(f"//{host if isinstance(host, str) else host[0]}").hostname in NAMES


def _page(template: str, **values: object) -> Answer:
    return 200, dict(HEADERS), _templates().get_template(template).render(values).encode()


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates" / "mailbox"
    return Environment(autoescape=True, loader=FileSystemLoader(folder), undefined=StrictUndefined)
