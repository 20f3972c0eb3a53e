"""Tokens that are worth nothing, on every route: who brings one is a guest, and a mailed one does nothing."""

import json
from collections.abc import Mapping

import pytest

from chalicelib.auth.tokens import AUTH
from chalicelib.files.store import Store
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.people import PASSWORD, add_person, change_person
from tests.security.forged import FORGERIES, KINDS, Bearer, Forge, signed
from tests.unit.deploy.conftest import VIEWS

NAMES = {forge: forge.__name__ for forge in FORGERIES}
PARAMETERS = {
    "collection": "_superusers",
    "record": "testsuperuser01",
    "filename": "a.txt",
    "job": "__pbLogsCleanup__",
}
ALL_TRIED = {"/api/settings", "/api/collections/{collection}/auth-refresh", "/api/files/token"}
ROUTES = sorted({(path, method) for path, method in VIEWS if method != "HEAD"})


@pytest.fixture
def root(superuser: Superuser) -> Bearer:
    """The most that a forged token could give."""
    return Bearer(superuser.record, add_person(id=superuser.record.id, email="root@example.com"))


def test_a_forged_token_makes_a_guest(gateway: Gateway, root: Bearer, bucket: Store) -> None:
    """On every route the answer is a guest's. All forgeries are tried on some, and a few in turn on each."""
    tokens = {NAMES[forge]: forge(root, AUTH) for forge in FORGERIES}
    tokens["Bearer"] = f"Bearer {tokens['wrong_key']}"
    assert signed(root.record, AUTH) not in tokens.values()
    for place, (path, method) in enumerate(ROUTES):
        tried = tokens if path in ALL_TRIED else _some(tokens, place)
        target = path.format(**{name: PARAMETERS.get(name, "a") for name in _names_in(path)})
        wanted = {"Content-Type": "application/json"}
        guest = gateway.handle(method, target, wanted, b"{}")
        for name, token in tried.items():
            answer = gateway.handle(method, target, {**wanted, "Authorization": token}, b"{}")
            assert (answer[0], answer[2]) == (guest[0], guest[2]), f"{name}: {method} {target}"


def test_what_they_are_compared_with(gateway: Gateway, root: Bearer) -> None:
    """The right token is somebody's on the routes where it matters, or the test above could not fail."""
    headers = {"Authorization": signed(root.record, AUTH)}
    paths = ("/api/settings", "/api/collections", "/api/crons", "/api/logs")
    assert [gateway.handle("GET", path, {})[0] for path in paths] == [401] * 4
    assert [gateway.handle("GET", path, headers)[0] for path in paths] == [200] * 4


def _some(tokens: Mapping[str, str], place: int) -> dict[str, str]:
    """Three of them, others for each place."""
    names = [*tokens, *tokens]
    start = place * 3 % len(tokens)
    return {name: tokens[name] for name in names[start : start + 3]}


def _names_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


NEW = "new-password"
# Where a token comes in a body, and what else has to be there.
MAILED: Mapping[str, tuple[str, dict[str, str]]] = {
    "verification": ("confirm-verification", {}),
    "passwordReset": (
        "confirm-password-reset",
        {"password": "new-password", "passwordConfirm": "new-password"},
    ),
    "emailChange": ("confirm-email-change", {"password": PASSWORD}),
}


@pytest.fixture
def ann(defaults: Engine) -> Bearer:
    record = add_person(id="annannannannann", email="ann@example.com")
    return Bearer(record, add_person("_superusers", id=record.id, email="ann@example.com"))


def confirm(gateway: Gateway, kind: str, token: str, collection: str = "users") -> tuple[int, str]:
    action, more = MAILED[kind]
    body = json.dumps({"token": token, **more}).encode()
    headers = {"Content-Type": "application/json"}
    answer = gateway.handle("POST", f"/api/collections/{collection}/{action}", headers, body)
    return answer[0], answer[2].decode()


@pytest.mark.parametrize("forge", FORGERIES, ids=NAMES.get)
@pytest.mark.parametrize("kind", sorted(MAILED))
def test_a_forged_token_confirms_nothing(kind: str, forge: Forge, gateway: Gateway, ann: Bearer) -> None:
    status, text = confirm(gateway, kind, forge(ann, kind))
    assert status == 400 and '"token":{' in text
    assert find_record(ann.record.collection, ann.record.id) == ann.record


@pytest.mark.parametrize("kind", sorted(MAILED))
@pytest.mark.parametrize("other", KINDS)
def test_a_token_is_good_for_what_it_is_for(kind: str, other: str, gateway: Gateway, ann: Bearer) -> None:
    status, text = confirm(gateway, kind, signed(ann.record, other))
    assert status == (204 if kind == other else 400), text
    after = find_record(ann.record.collection, ann.record.id)
    assert (after == ann.record) is (kind != other)


@pytest.mark.parametrize("kind", sorted(MAILED))
def test_a_token_is_good_where_it_was_given(kind: str, gateway: Gateway, ann: Bearer) -> None:
    """Tokens of users do nothing to superusers, and the other way round."""
    assert confirm(gateway, kind, signed(ann.record, kind), "_superusers")[0] == 400
    assert confirm(gateway, kind, signed(ann.other, kind))[0] == 400
    for record in (ann.record, ann.other):
        assert find_record(record.collection, record.id) == record


@pytest.mark.parametrize("kind", ["passwordReset", "emailChange"])
def test_a_token_is_used_once(kind: str, gateway: Gateway, ann: Bearer) -> None:
    """With the change its record's key changed: that ends all other tokens as well."""
    token, session = signed(ann.record, kind), {"Authorization": signed(ann.record, AUTH)}
    refresh = "/api/collections/users/auth-refresh"
    assert gateway.handle("POST", refresh, session)[0] == 200
    assert [confirm(gateway, kind, token)[0] for _ in range(2)] == [204, 400]
    assert gateway.handle("POST", refresh, session)[0] == 401


@pytest.mark.parametrize("kind", [AUTH, *sorted(MAILED)])
def test_a_new_password_ends_all_tokens(kind: str, gateway: Gateway, ann: Bearer) -> None:
    token = signed(ann.record, kind)
    change_person(ann.record, tokenKey="n" * 50)
    if kind == AUTH:
        headers = {"Authorization": token}
        assert gateway.handle("POST", "/api/collections/users/auth-refresh", headers)[0] == 401
    else:
        assert confirm(gateway, kind, token)[0] == 400


@pytest.mark.parametrize("forge", FORGERIES, ids=NAMES.get)
def test_a_forged_file_token_opens_no_file(
    forge: Forge, gateway: Gateway, superuser: Superuser, bucket: Store
) -> None:
    root = Bearer(superuser.record, add_person(id=superuser.record.id, email="root@example.com"))
    headers = {"Authorization": superuser.token, "Content-Type": "application/json"}
    field = {"name": "doc", "type": "file", "protected": True}
    posts = {"name": "posts", "type": "base", "viewRule": None, "fields": [field]}
    assert gateway.handle("POST", "/api/collections", headers, json.dumps(posts).encode())[0] == 200
    form = b'--b\r\nContent-Disposition: form-data; name="doc"; filename="a.txt"\r\n\r\nsecret\r\n--b--\r\n'
    sent = {**headers, "Content-Type": "multipart/form-data; boundary=b"}
    made = json.loads(gateway.handle("POST", "/api/collections/posts/records", sent, form)[2])
    path = f"/api/files/posts/{made['id']}/{made['doc']}"
    assert gateway.handle("GET", f"{path}?token={signed(root.record, 'file')}", {})[2] == b"secret"
    assert gateway.handle("GET", f"{path}?token={forge(root, 'file')}", {})[0] == 404
