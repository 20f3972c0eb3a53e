"""What a server sent by mail, as an answer: ``MAIL ann@a.example`` waits for the next mail to that address.

One that does not come is a 404: the cases after it are played, and what the file has changed is put back.
``MAILS`` is all that has come and was not asked for, by recipient and subject. A server that is played on
sends to a mail server of its own, whose port cases know as ``{smtp}``.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address

from tests.mail_server import Mail, MailServer

SETTLE = 1.5
PATIENCE = 10.0
_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
_PAGE = re.compile(r"<body>(.*)</body>", re.DOTALL)


@dataclass
class Inbox:
    """The mails of one server; `read` are those that were asked for, `patience` is how long one may take."""

    server: MailServer | None = None
    read: list[Mail] = field(default_factory=list)
    patience: float = PATIENCE

    def find_next(self, address: str) -> Mail | None:
        """The next mail to an address; None when none comes in time."""
        assert self.server is not None, "nobody sends mail here"
        mine = [mail for mail in self.read if address in mail.recipients]
        found = self.server.wait(len(mine) + 1, address, self.patience)[len(mine) :]
        self.read += found[:1]
        return found[0] if found else None

    def others(self) -> list[str]:
        """What has come and was not taken, once nothing more comes."""
        assert self.server is not None, "nobody sends mail here"
        time.sleep(SETTLE)
        rest = [mail for mail in self.server.inbox.mails if not any(mail is each for each in self.read)]
        return sorted(f"{', '.join(mail.recipients)}: {mail.subject}" for mail in rest)


def answer_of(inbox: Inbox, method: str, target: str) -> tuple[int, str]:
    """The status and the JSON that a case is answered with which asks for mail."""
    if method == "MAILS":
        return 200, json.dumps(inbox.others())
    mail = inbox.find_next(target)
    return (200, json.dumps(describe(mail))) if mail else (404, json.dumps(f"no mail has come to {target}"))


def describe(mail: Mail) -> Mapping[str, object]:
    """What counts of a mail: the layout around it does not, nor do the tokens, but for what they say."""
    sender: Address = mail.message["from"].addresses[0]
    html = "\n".join(line.rstrip() for line in _inner(mail.body("html")).splitlines())
    tokens = _TOKEN.findall(html)
    return {
        "from": [sender.display_name, sender.addr_spec, mail.sender],
        "to": [str(mail.message["to"]).strip('"'), *mail.recipients],
        "subject": _TOKEN.sub("<token>", mail.subject),
        "parts": [part.get_content_type() for part in mail.message.walk()],
        "headers": sorted(name.lower() for name in mail.message),
        "html": _TOKEN.sub("<token>", html),
        "text": _TOKEN.sub("<token>", mail.body("plain")).strip(),
        "token": tokens[0] if tokens else "",
    }


def _inner(page: str) -> str:
    found = _PAGE.search(page)
    return found[1].strip() if found else page
