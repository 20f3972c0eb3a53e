"""A mail is an answer, and so is one that does not come."""

import http.client
import json
from pathlib import Path

from tests.mail_server import Mail, running_mail_server
from tests.parity.cases import read_case
from tests.parity.mails import Inbox
from tests.parity.send import Talk, ask
from tests.servers import Server

SOURCE = b"From: App <app@a.example>\r\nTo: ann@a.example\r\nSubject: %b\r\n\r\nhello\r\n"


def mail(subject: str) -> Mail:
    return Mail("app@a.example", ("ann@a.example",), SOURCE % subject.encode())


def test_mails_are_answers_in_turn_and_one_that_does_not_come_is_a_404() -> None:
    case = read_case("file", "its mail | - | MAIL ann@a.example")
    with running_mail_server() as server:
        inbox = Inbox(server, patience=0.01)
        talk = Talk(Server("one", 1, 0.0, Path()), http.client.HTTPConnection("127.0.0.1"), inbox=inbox)
        for subject in ("one", "two"):
            server.inbox.keep(mail(subject))
        one, two, none = (ask(talk, case) for _ in range(3))
        server.inbox.keep(mail("late"))
        late = ask(talk, case)
    assert [json.loads(each.text)["subject"] for each in (one, two, late)] == ["one", "two", "late"]
    assert [each.status for each in (one, two, none, late)] == [200, 200, 404, 200]


def test_the_real_server_must_send_the_mail_that_is_waited_for() -> None:
    assert read_case("file", "its mail | - | MAIL ann@a.example").status == 200
    assert read_case("file", "nothing else | - | MAILS all").status == 200
    assert read_case("file", "no mail | - | MAIL ann@a.example | is 404").status == 404
