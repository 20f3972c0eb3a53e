"""The mails that a server sent during the tours, over HTTP: tours are JavaScript and ask with ``fetch``.

``GET /?to=ann@example.com&count=2`` answers what came to the address as soon as there are so many, and what
there is after some seconds in vain.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import cast
from urllib.parse import parse_qs, urlsplit

from tests.mail_server import HOST, Mail, MailServer, running_mail_server


@contextmanager
def running_inbox() -> Iterator[Mapping[str, str]]:
    """A mail server and this view on it; answers what tours find in their environment."""
    with ExitStack() as stack:
        mail_server = stack.enter_context(running_mail_server())
        view = stack.enter_context(_View((HOST, 0), _Asked))
        view.mail_server = mail_server
        thread = Thread(target=view.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        stack.callback(view.shutdown)
        address = f"http://{HOST}:{view.server_address[1]}"
        yield {"TOUR_SMTP_PORT": str(mail_server.port), "TOUR_INBOX": address}


class _View(ThreadingHTTPServer):
    mail_server: MailServer


class _Asked(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        found = cast(_View, self.server).mail_server.wait(int(asked.get("count", 1)), asked.get("to", ""))
        body = json.dumps([_shown(mail) for mail in found]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tours' steps are what is to be seen."""


def _shown(mail: Mail) -> dict[str, object]:
    parts = {"html": mail.body("html"), "text": mail.body("plain")}
    return {"to": list(mail.recipients), "subject": mail.subject, **parts}
