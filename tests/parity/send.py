"""Sends a case to one server and remembers what later cases refer to."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from tests.mail_server import running_mail_server
from tests.oidc_provider import provider_url
from tests.parity.cases import Case, as_sent, fill
from tests.parity.contents import make_content
from tests.parity.mails import Inbox, answer_of
from tests.servers import EMAIL, PASSWORD, Server

GUEST = "-"
_BOUNDARY = "parity-boundary"
_TYPES = {
    "json": "application/json",
    "raw": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": f"multipart/form-data; boundary={_BOUNDARY}",
}


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire; header names in lower case, repeated ones joined."""

    status: int
    headers: Mapping[str, str]
    text: str
    content: bytes = b""


@dataclass
class Talk:
    """One server, the connection to it, and the values kept from its answers so far."""

    server: Server
    connection: http.client.HTTPConnection
    names: dict[str, str] = field(default_factory=dict)
    # Random values seen so far -> what they are called in comparisons.
    labels: dict[str, str] = field(default_factory=dict)
    inbox: Inbox = field(default_factory=Inbox)


@contextmanager
def talk_to(server: Server) -> Iterator[Talk]:
    """A talk in which {root} is the superuser's token."""
    with (
        closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection,
        running_mail_server() as mail_server,
    ):
        names = {"smtp": str(mail_server.port), "provider": provider_url()}
        talk = Talk(server, connection, names, inbox=Inbox(mail_server))
        _sign_in(talk)
        yield talk


def _sign_in(talk: Talk) -> None:
    credentials = json.dumps({"identity": EMAIL, "password": PASSWORD})
    target = "/api/collections/_superusers/auth-with-password"
    answer = ask(
        talk,
        Case(
            "sign in",
            GUEST,
            "POST",
            target,
            "json",
            credentials,
            keep={"root": "token", "rootId": "record.id"},
        ),
    )
    assert answer.status == 200, f"{talk.server.name}: the superuser cannot sign in: {answer.text}"


def ask(talk: Talk, case: Case) -> Answer:
    """The server's answer; what the case keeps is kept."""
    if case.method.startswith("MAIL"):
        status, text = answer_of(talk.inbox, case.method, fill(case.target, talk.names))
        answer = Answer(status, {}, text)
    else:
        answer = _exchange_case(talk, case)
    kept = find_kept(case, answer)
    talk.names |= kept
    talk.labels |= {value: f"<{name}>" for name, value in kept.items()}
    return answer


def _exchange_case(talk: Talk, case: Case) -> Answer:
    body = body_of(case, talk.names)
    headers = {"Content-Type": _TYPES[case.kind]} if case.kind else {}
    if case.who != GUEST:
        headers["Authorization"] = talk.names.get(case.who, "unknown")
    headers |= {key: fill(value, talk.names) for key, value in case.headers}
    return _exchange(talk.connection, case.method, as_sent(fill(case.target, talk.names)), (headers, body))


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    sent: tuple[dict[str, str], bytes | None],
) -> Answer:
    headers, body = sent
    headers = {key: value for key, value in headers.items() if value}
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    content = response.read()
    joined: dict[str, str] = {}
    for key, value in response.getheaders():
        joined[key.lower()] = f"{joined[key.lower()]}, {value}" if key.lower() in joined else value
    return Answer(response.status, joined, content.decode(errors="backslashreplace"), content)


def body_of(case: Case, names: Mapping[str, str]) -> bytes | None:
    """What is sent, with the names that earlier answers gave."""
    if not case.kind:
        return None
    text = fill(case.body, names)
    if case.kind != "multipart":
        return text.encode()
    fields = [_field(key, value) for key, value in parse_qsl(text, keep_blank_values=True)]
    files = [_file(fill(file, names)) for file in case.files]
    return b"".join([*fields, *files]) + f"--{_BOUNDARY}--\r\n".encode()


def _field(key: str, value: str) -> bytes:
    return _part(f'name="{key}"'.encode(), value.encode())


def _file(text: str) -> bytes:
    key, name, content = text.split("=", 2)
    about = f'name="{key}"; filename="'.encode() + unquote_to_bytes(name)
    return _part(about + b'"\r\nContent-Type: application/octet-stream', make_content(content))


def _part(about: bytes, content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return head + about + b"\r\n\r\n" + content + b"\r\n"


def find_kept(case: Case, answer: Answer) -> dict[str, str]:
    """What of an answer is there to be kept."""
    found = {name: _find_in(answer, path) for name, path in case.keep.items()}
    return {name: value for name, value in found.items() if value}


def _find_in(answer: Answer, path: str) -> str | None:
    _, is_header, header = path.partition("headers.")
    return answer.headers.get(header) if is_header else find_path(answer.text, path)


def find_path(text: str, path: str) -> str | None:
    """The value at a dotted path of a JSON text, as text; None when it is not there."""
    try:
        value: Any = json.loads(text)
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (ValueError, LookupError, TypeError):
        return None
    return value if isinstance(value, str) else json.dumps(value)
