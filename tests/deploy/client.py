"""Requests to a deployed API, through the emulator's API Gateway."""

import http.client
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from tests.servers import EMAIL, PASSWORD

SECONDS = 60
SIGN_IN = "/api/collections/_superusers/auth-with-password"


@dataclass(frozen=True)
class Answer:
    """An answer; `body` is what its JSON says."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Api:
    """A deployed API, asked by a guest or, with a token, by somebody."""

    port: int
    rest_api: str
    stage: str
    token: str = ""
    name: str = "deployed"

    @property
    def url(self) -> str:
        """What a client has for a base URL; the paths begin with /api/."""
        return f"http://127.0.0.1:{self.port}{self._base}"

    @property
    def _base(self) -> str:
        return f"/restapis/{self.rest_api}/{self.stage}/_user_request_"

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request."""
        sent = {"Accept": "*/*", "Content-Type": "application/json", "Authorization": self.token}
        text = None if body is None else json.dumps(body)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.request(method, self._base + path, text, {**sent, **(headers or {})})
            response = connection.getresponse()
            answer = response.read()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, json.loads(answer) if answer else None, told)

    def as_guest(self) -> "Api":
        """The same, asked by nobody."""
        return replace(self, token="")

    def as_superuser(self) -> "Api":
        """The same, asked by the superuser."""
        answer = self.ask("POST", SIGN_IN, {"identity": EMAIL, "password": PASSWORD})
        assert answer.status == 200, answer
        return replace(self, token=answer.body["token"])
