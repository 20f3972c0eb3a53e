"""Who a token was given to: the provider's answer, read as its row says."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.auth.oauth2.configured import row_of, user_url_of
from chalicelib.auth.oauth2.exchange import Grant
from chalicelib.auth.oauth2.outgoing import Call, CallFailed, ask_along
from chalicelib.frozen import dataclass
from chalicelib.schema.auth_options import OAuth2Provider
from chalicelib.schema.providers import Provider


@dataclass(frozen=True)
class User:
    """Somebody as a provider knows them; what it does not say is ""."""

    id: str
    name: str = ""
    username: str = ""
    email: str = ""
    avatar_url: str = ""


Said = Mapping[str, Any]
REFUSED = 400
# An id that is a number has 64 bits.
LARGEST_ID = 2**63 - 1


def fetch_said(provider: OAuth2Provider, grant: Grant, url: str = "") -> Any:
    """What the provider says about whom a token was given to, or what is at `url`. Raises CallFailed."""
    row = row_of(provider)
    headers = {name: value.format(client=provider.client_id) for name, value in row.headers.items()}
    headers |= {"Authorization": grant.authorization}
    call = Call(url or user_url_of(provider), headers=headers)
    if row.query and not url:
        body = json.dumps({"query": row.query}).encode()
        call = replace(
            call, method="POST", headers={**headers, "Content-Type": "application/json"}, body=body
        )
    answer = ask_along(call)
    if answer.status >= REFUSED:
        raise CallFailed("refused")
    return answer.json()


def read_user(row: Provider, said: Said) -> User:
    """The user that an answer is about. Raises CallFailed for one who may not sign in."""
    if not all(has_value(said, path, value) for path, value in row.checks.items()):
        raise CallFailed("not an active user")
    paths = row.user
    is_proved = all(has_value(said, path, value) for path, value in row.proofs.items())
    return User(
        text_at(said, paths.id),
        text_at(said, paths.name),
        text_at(said, paths.username),
        text_at(said, paths.email) if is_proved else "",
        text_at(said, paths.avatar_url),
    )


def text_at(said: Said, path: str) -> str:
    """The text at a path, "" where there is none. Raises CallFailed for what is none.

    >>> text_at({"data": [{"id": 5, "first": "Ann"}]}, "#data.0.id")
    '5'
    >>> text_at({"data": [{"id": 5, "first": "Ann"}]}, "data.0.first data.0.last")
    'Ann '
    """
    if " " in path:
        return " ".join(text_at(said, part) for part in path.split())
    value = value_at(said, path.removeprefix("#")) if path else None
    if path.startswith("#"):
        return _number(value)
    if value is None or isinstance(value, str):
        return value or ""
    raise CallFailed("not a text")


def value_at(said: Any, path: str) -> Any:
    """What is at a dotted path, None for nothing. Raises CallFailed where something else is on the way."""
    for name in path.split("."):
        if said is None:
            return None
        if isinstance(said, list) and name.isdecimal():
            said = next(iter(said[int(name) :]), None)
        elif isinstance(said, Mapping) and not name.isdecimal():
            said = said.get(name)
        else:
            raise CallFailed("an answer of another shape")
    return said


def has_value(said: Said, path: str, value: Any) -> bool:
    """Whether this is at a path. Raises CallFailed for what is no value of its kind: 1 is not true."""
    found = value_at(said, path)
    if found is not None and type(found) is not type(value):
        raise CallFailed("a value of another kind")
    return found is not None and bool(found == value)


def _number(value: Any) -> str:
    """A number that is an id; 0 is nobody's."""
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID
    if value is None or is_number:
        return str(value or "")
    raise CallFailed("not a number")
