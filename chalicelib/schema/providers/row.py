"""What is known about an identity provider: where it is, what is asked of it, what its answer says.

`user` says where in the answer a user's values are: a dotted path (``data.0.id``), several joined by blanks,
or ``#path`` for a number that is an id. What `checks` names must have that value, else nobody is signed in;
`proofs` likewise, else only the e-mail is left out. What no path can say is a function under the provider's
name in auth/oauth2/odd_users.py.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from chalicelib.frozen import dataclass


@dataclass(frozen=True)
class Paths:
    """Where a user's values are; "" where the provider has none."""

    id: str
    name: str = ""
    username: str = ""
    email: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What is known about a provider; a collection may give other addresses and another name."""

    title: str
    color: str
    auth_url: str = ""
    exchange_url: str = ""
    user_url: str = ""
    scopes: tuple[str, ...] = ()
    pkce: bool = True
    user: Paths
    checks: Mapping[str, Any] = field(default_factory=dict)
    proofs: Mapping[str, Any] = field(default_factory=dict)
    # What is sent along when the user is asked for: {client} is the client's id.
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    auth_parameters: Mapping[str, str] = field(default_factory=dict)
