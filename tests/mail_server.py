"""A small SMTP server on loopback that keeps what it is sent: what tests look at instead of an inbox.

    with running_mail_server() as server:
        ...                      # something sends mail to 127.0.0.1:server.port
        (mail,) = server.wait(1)
        assert mail.subject == "Hello"

`refuse` makes it turn away everybody, as a server that is broken would. `secret` makes it ask for a password,
`tls` offer STARTTLS and take nothing before. `offers` are its other extensions, `bye` is what it answers to
QUIT, and `seconds` is how long it looks into a mail. It is as strict as RFC 3207: whoever has not said EHLO,
or not again under TLS, is told so, and sign-ins by a way that is not offered are refused.
As a program it listens on the port that is given: `python -m tests.mail_server 2525`.
"""

import base64
import email
import email.policy
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

HOST = "127.0.0.1"
PATIENCE = 10.0


@dataclass(frozen=True)
class Mail:
    """One mail as it came: the envelope and the whole text."""

    sender: str
    recipients: tuple[str, ...]
    source: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, email.message_from_bytes(self.source, policy=email.policy.default))

    @property
    def subject(self) -> str:
        return str(self.message["subject"])

    def body(self, kind: str) -> str:
        """The part of this kind, `html` or `plain`; "" when there is none."""
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


@dataclass
class Inbox:
    """What has come, and how the server behaves."""

    mails: list[Mail] = field(default_factory=list)
    refuse: bool = False
    secret: str = ""
    tls: ssl.SSLContext | None = None
    offers: tuple[str, ...] = ("AUTH PLAIN LOGIN", "8BITMIME", "SMTPUTF8")
    bye: str = "221 bye"
    seconds: float = 0
    commands: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def keep(self, mail: Mail) -> None:
        with self.changed:
            self.mails.append(mail)
            self.changed.notify_all()

    def wait(self, count: int = 1, to: str = "", seconds: float = PATIENCE) -> list[Mail]:
        """The mails (to an address), as soon as there are so many; fewer after waiting in vain."""
        until = time.monotonic() + seconds
        with self.changed:
            while len(found := self.sent_to(to)) < count and (left := until - time.monotonic()) > 0:
                self.changed.wait(left)
        return found

    def sent_to(self, to: str = "") -> list[Mail]:
        return [mail for mail in self.mails if not to or to in mail.recipients]


class MailServer(socketserver.ThreadingTCPServer):
    """Listens until it is shut down."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.inbox = Inbox()
        super().__init__((HOST, port), Session)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def wait(self, count: int = 1, to: str = "", seconds: float = PATIENCE) -> list[Mail]:
        return self.inbox.wait(count, to, seconds)


@dataclass
class Talk:
    """What a client has said."""

    is_signed_in: bool
    has_greeted: bool = False
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


class Session(socketserver.StreamRequestHandler):
    """One client: as much of SMTP as sending a mail takes."""

    timeout = 30

    def handle(self) -> None:
        try:
            self._talk(self._inbox)
        except (OSError, ValueError):
            return  # whoever hung up has nothing more to say

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the one under TLS too

    def _talk(self, inbox: Inbox) -> None:
        self._say("554 no" if inbox.refuse else "220 ready")
        state = Talk(is_signed_in=not inbox.secret)
        while line := self._read():
            inbox.commands.append(line)
            verb = line[:4].upper()
            if verb == "QUIT":
                return self._say(inbox.bye)
            if verb == "STAR" and self._is_open:
                self._say("220 go on")
                self._wrap(inbox)
                state = Talk(is_signed_in=not inbox.secret)  # all that was said before is forgotten
            else:
                self._answer(verb, line, state)
        return None

    def _answer(self, verb: str, line: str, state: Talk) -> None:
        inbox = self._inbox
        if verb == "EHLO":
            state.has_greeted = True
            lines = ["here", *inbox.offers, *(["STARTTLS"] if self._is_open else [])]
            self._say(*(f"250-{each}" for each in lines[:-1]), f"250 {lines[-1]}")
        elif verb in ("AUTH", "MAIL", "RCPT", "DATA") and not state.has_greeted:
            self._say("503 EHLO first")
        elif verb in ("AUTH", "MAIL") and self._is_open:
            self._say("530 STARTTLS first")
        elif verb == "AUTH":
            self._take_sign_in(line, state)
        elif verb == "MAIL":
            self._say("250 ok" if state.is_signed_in else "530 sign in first")
            state.sender, state.recipients = _address(line), []
        elif verb == "RCPT":
            state.recipients.append(_address(line))
            self._say("250 ok")
        elif verb == "DATA":
            self._say("354 go on")
            inbox.keep(Mail(state.sender, tuple(state.recipients), self._read_mail()))
            time.sleep(inbox.seconds)
            self._say("250 kept")
        else:
            self._say("250 ok" if verb in ("NOOP", "RSET") else "500 what")

    def _take_sign_in(self, line: str, state: Talk) -> None:
        offered = next((each.split() for each in self._inbox.offers if each.startswith("AUTH")), [])
        if line.split(" ")[1].upper() not in offered:
            return self._say("504 not that way")
        state.is_signed_in = self._sign_in(line) == self._inbox.secret
        return self._say("235 welcome" if state.is_signed_in else "535 wrong")

    def _wrap(self, inbox: Inbox) -> None:
        assert inbox.tls is not None
        self.connection = inbox.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    @property
    def _inbox(self) -> Inbox:
        return cast(MailServer, self.server).inbox

    @property
    def _is_open(self) -> bool:
        """Whether this line could have TLS, and has not."""
        return self._inbox.tls is not None and not isinstance(self.connection, ssl.SSLSocket)

    def _sign_in(self, line: str) -> str:
        """The password of AUTH PLAIN or AUTH LOGIN."""
        _, kind, *rest = line.split(" ")
        if kind.upper() == "PLAIN":
            given = rest[0] if rest else self._ask("334 ")
            return _decoded(given).rpartition("\0")[2]
        if not rest:
            self._ask("334 " + base64.b64encode(b"Username:").decode())
        return _decoded(self._ask("334 " + base64.b64encode(b"Password:").decode()))

    def _ask(self, text: str) -> str:
        self._say(text)
        return self._read()

    def _read_mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _read(self) -> str:
        return self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """A server that listens within."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def settings_for(server: MailServer) -> dict[str, object]:
    """What PATCH /api/settings takes to send mail there."""
    return {"smtp": {"enabled": True, "host": HOST, "port": server.port, "tls": False}}


def is_listening(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


def main(port: int) -> None:
    """Tell of each mail that comes, until interrupted."""
    with MailServer(port) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = 0
        while True:
            for mail in server.wait(told + 1, seconds=3600)[told:]:
                told += 1
                print(mail.source.decode("utf-8", "replace"), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
