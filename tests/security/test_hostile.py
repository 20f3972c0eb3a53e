"""Every route, asked what nobody should ask: a clear refusal, whatever it is, and nothing else.

HOSTILE=10000 in the environment asks that many, which takes minutes; HOSTILE_FIRST is the first seed.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from chalice.app import RouteEntry

from chalicelib.auth.tokens import new_auth_token
from chalicelib.backups import moment
from chalicelib.collections import load
from chalicelib.collections.create import create_collection
from chalicelib.files.store import Store
from chalicelib.schema.auth_options import MappedFields, OAuth2, OAuth2Provider
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway
from tests.oidc_provider import provider_url
from tests.people import add_person, set_auth_options
from tests.security.hostile import Hostile, make_request
from tests.unit.deploy.conftest import VIEWS

MANY = int(os.environ.get("HOSTILE", "150"))
FIRST = int(os.environ.get("HOSTILE_FIRST", "1"))
# What superusers change stays until the world is made anew.
PER_WORLD = 75
# From so many on every route must have been past its gate: asked in earnest, not only refused at the door.
ENOUGH, SOME = 5000, 40
# But those that answer 404 to any name that was not made by this world, as it makes none.
MADE_NAMES = ("{key}", "{job}", "{filename}", "{log}")
GATES = frozenset({401, 403, 404, 429})
OPEN = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), "")
FIELDS = [
    {"name": "title", "type": "text", "pattern": "^[a-z]*$"},
    {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
    {"name": "count", "type": "number"},
    {"name": "data", "type": "json"},
    {"name": "place", "type": "geoPoint"},
    {"name": "due", "type": "date"},
    {"name": "file", "type": "file", "maxSelect": 2, "protected": True},
    {"name": "email", "type": "email"},
    {"name": "url", "type": "url"},
]
# What must be in no answer: the table, the language, the machine.
INTERNALS = (
    "Traceback",
    "botocore",
    "dynamodb",
    "DynamoDB",
    "pynamodb",
    "quoll-test",
    "R#",
    "chalicelib",
    "/work",
)


def make_world(gateway: Gateway) -> Mapping[str, str]:
    """A collection with a field of each kind, two people, and all that can be switched on; their tokens."""
    users = load.get_collection("users")
    owner = {"name": "owner", "type": "relation", "collectionId": users.id}
    create_collection({"name": "posts", "type": "base", **OPEN, "fields": [*FIELDS, owner]})
    set_auth_options("users", otp=_enabled("otp"), oauth2=_by_provider())
    ann = add_person(id="annannannannann", email="a@example.com")
    superusers = load.get_collection("_superusers")
    empty = {field.name: field.empty for field in superusers.fields}
    root = {"id": "testsuperuser01", "email": "root@example.com", "verified": True, "tokenKey": "k" * 50}
    (record,) = write_together([Create(Record(superusers, {**empty, **root}))])
    tokens = {"ann": new_auth_token(ann), "root": new_auth_token(record)}
    by_root = {"Authorization": tokens["root"], "Content-Type": "application/json"}
    on = json.dumps({"batch": {"enabled": True, "maxRequests": 50, "timeout": 30}}).encode()
    assert gateway.handle("PATCH", "/api/settings", by_root, on)[0] == 200
    return tokens


def _by_provider() -> OAuth2:
    at = f"{provider_url()}/oidc"
    urls = {"token_url": f"{at}/token", "user_info_url": f"{at}/user"}
    stub = OAuth2Provider(name="oidc", client_id="client", client_secret="x", **urls)
    return OAuth2(providers=(stub,), enabled=True, mapped_fields=MappedFields(name="name"))


def _enabled(option: str) -> object:
    options = load.get_collection("users").auth
    return type(getattr(options, option))(enabled=True, duration=180, length=8)


def find_fault(gateway: Gateway, asked: Hostile, tokens: Mapping[str, str]) -> tuple[int, str]:
    """The status, and what is wrong with the answer."""
    token = {"Authorization": tokens[asked.by]} if asked.by else {}
    status, headers, body = gateway.handle(asked.method, asked.target, {**token, **asked.headers}, asked.body)
    text = body.decode("utf-8", "replace")
    if status >= 500:
        return status, f"{status} {text[:200]}"
    if any("\r" in value or "\n" in value or name.lower() == "x-evil" for name, value in headers.items()):
        return status, f"a header was let in: {headers}"
    if found := [each for each in INTERNALS if each in text and each.encode() not in asked.body]:
        return status, f"tells {found}: {text[:300]}"
    is_error = status >= 400 and headers.get("Content-Type") == "application/json" and asked.method != "HEAD"
    if is_error and not {"message", "mfaId"} & json.loads(body).keys():
        return status, f"an error of no known shape: {text[:200]}"
    return status, ""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup waits until all who write know of it: 18 seconds, which tell nothing here."""
    for name in ("AHEAD", "SETTLING", "MOST_SECONDS_SILENT"):
        monkeypatch.setattr(moment, name, 0)


@pytest.mark.timeout(3600)
def test_hostile_requests(gateway: Gateway, bucket: Store, start_anew: Callable[[], None]) -> None:
    views = [VIEWS[each] for each in sorted(VIEWS)]
    faults, seen, tokens = list[str](), Counter[int](), dict[str, str]()
    past = set[str]()
    for seed in range(FIRST, FIRST + MANY):
        if seed % PER_WORLD == FIRST % PER_WORLD:
            start_anew()
            tokens = dict(make_world(gateway))
        asked = make_request(views, seed)
        status, fault = find_fault(gateway, asked, tokens)
        seen[status] += 1
        past |= set() if status in GATES else {_name_of(views[seed % len(views)])}
        faults += [f"{fault}\n    {asked}"] if fault else []
    print(dict(seen), f"{len(faults)} faults")
    assert not faults, "\n".join(faults[:20])
    assert seen[400] and seen[404] and len(seen) > 3, seen
    at_gate = [
        name for each in views if (name := _name_of(each)) not in past and not name.endswith(MADE_NAMES)
    ]
    assert MANY < ENOUGH or not at_gate, f"never got past the gate of {at_gate}"


def _name_of(view: RouteEntry) -> str:
    return f"{view.method} {view.uri_pattern}"


@pytest.mark.parametrize("path", ["/api/batch", "/api/collections/{collection}/auth-with-oauth2"])
def test_what_is_off_at_first(gateway: Gateway, bucket: Store, defaults: Engine, path: str) -> None:
    """Some requests more to what would else be seen refused only."""
    tokens, seen = make_world(gateway), Counter[int]()
    for seed in range(SOME):
        asked = make_request([VIEWS[path, "POST"]], seed)
        status, fault = find_fault(gateway, asked, tokens)
        assert not fault, f"{fault}\n    {asked}"
        seen[status] += 1
    assert seen[200] and seen[400], seen
