"""Collections with files behind the gateway, somebody to ask, and forms to send files with."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.auth.tokens import new_auth_token
from chalicelib.files.store import Store
from dev.gateway import Gateway
from tests.services.files.conftest import archive, wait_minutes  # noqa: F401
from tests.services.records.world import add_user


@pytest.fixture
def tokens(archive: Store, superuser: tuple[object, str]) -> Mapping[str, str]:  # noqa: F811
    """Ann and Zoe, who are users, and root."""
    ann, zoe = add_user("ann", id="a" * 15), add_user("zoe", id="b" * 15)
    return {"ann": new_auth_token(ann), "zoe": new_auth_token(zoe), "root": superuser[1], "": ""}


@pytest.fixture
def site(gateway: Gateway, tokens: Mapping[str, str]) -> "Site":
    return Site(gateway, tokens)


class Answered:
    """An answer, read as wanted."""

    def __init__(self, handled: tuple[int, Mapping[str, str], bytes]) -> None:
        self.status, headers, self.body = handled
        self.headers = {name.lower(): value for name, value in headers.items()}

    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """Asks as somebody, with forms where files are sent."""

    def __init__(self, gateway: Gateway, tokens: Mapping[str, str]) -> None:
        self.gateway, self.tokens = gateway, tokens

    def ask(self, method: str, path: str, body: bytes = b"", by: str = "", **headers: str) -> Answered:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if by:
            sent["Authorization"] = self.tokens[by]
        return Answered(self.gateway.handle(method, path, sent, body))

    def get(self, path: str, **headers: str) -> Answered:
        return self.ask("GET", path, **headers)

    def send_json(self, method: str, path: str, values: Any, by: str = "") -> Answered:
        return self.ask(method, path, json.dumps(values).encode(), by, Content_Type="application/json")

    def send_form(self, method: str, path: str, *parts: bytes, by: str = "") -> Answered:
        body = b"".join(parts) + b"--x--\r\n"
        return self.ask(method, path, body, by, Content_Type="multipart/form-data; boundary=x")

    def put_file(self, field: str, name: str, content: bytes, where: str = "papers") -> tuple[str, str, str]:
        """A new record with one file: the file's address, the record's id, the file's name."""
        path = f"/api/collections/{where}/records"
        answered = self.send_form("POST", path, file_part(field, name, content), by="root")
        assert answered.status == 200, answered.body
        record = answered.json()
        stored = record[field][0] if isinstance(record[field], list) else record[field]
        return f"/api/files/{where}/{record['id']}/{stored}", record["id"], stored


def file_part(field: str, name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}'
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def text_part(field: str, value: str) -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
