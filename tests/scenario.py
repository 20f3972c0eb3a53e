"""Scenario tables: one HTTP request each, and what its answer must and must not contain.

    SCENARIOS = [
        Scenario("a guest may not list", "GET", "/api/collections/secrets/records", status=403),
        Scenario("the owner sees it", "GET", "/api/collections/posts/records/{post}", by="ann", has=("a",)),
    ]

    @pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
    def test_posts(scenario, gateway, tokens):
        play(gateway, scenario, tokens, {"post": "abc"})

Nothing here knows a collection or a user: set-up is the test module's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Handled = tuple[int, Mapping[str, str], bytes]


class Answers(Protocol):
    """What a scenario is played on: `dev.gateway.Gateway`."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, ip: str = ...
    ) -> Handled: ...


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Scenario:
    """`{key}` in path, headers, body and expectations stands for a name given to `play`.

    `body` is sent as it is when text or bytes, else as JSON. `by` says whose token goes along; "" is a guest.
    """

    name: str
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    status: int = 200
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def play(
    gateway: Answers,
    scenario: Scenario,
    tokens: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Answer:
    """Send it, check it, and hand the answer back for whatever else is to be said about it."""
    names = names or {}
    answer = _send(gateway, scenario, (tokens or {})[scenario.by] if scenario.by else "", names)
    assert answer.status == scenario.status, f"{answer.status} instead of {scenario.status}: {answer.text}"
    for text in scenario.has:
        assert fill(text, names) in answer.text, f"{fill(text, names)} is missing in {answer.text}"
    for text in scenario.lacks:
        assert fill(text, names) not in answer.text, f"{fill(text, names)} is in {answer.text}"
    return answer


def _send(gateway: Answers, scenario: Scenario, token: str, names: Mapping[str, str]) -> Answer:
    headers = {key: fill(value, names) for key, value in scenario.headers.items()}
    if token:
        headers["Authorization"] = token
    body = scenario.body
    if body is not None and not isinstance(body, str | bytes):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    data = body if isinstance(body, bytes) else fill(body or "", names).encode()
    status, answered, raw = gateway.handle(scenario.method, fill(scenario.path, names), headers, data)
    return Answer(status, answered, raw.decode() if isinstance(raw, bytes) else raw)


def fill(text: str, names: Mapping[str, str]) -> str:
    """`{key}` replaced for every known key; other braces stay, since JSON is full of them."""
    for key, value in names.items():
        text = text.replace("{" + key + "}", value)
    return text
