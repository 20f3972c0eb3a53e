"""Whether an address, a code or an identity is somebody's: not told by answers, headers, calls or hashes."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bcrypt
import pytest

from chalicelib.auth.attach import new_attachment
from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_catalog
from chalicelib.mail.outbox import find_all_waiting, message_in
from chalicelib.records.attached import OTPS
from chalicelib.schema.auth_options import Otp
from chalicelib.schema.record import Record
from chalicelib.security.passwords import hash_password
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway
from tests.people import add_person, set_auth_options

# What the request itself was given, and on the local stage what it cost.
OWN_HEADERS = {"x-quoll-cost"}
RANDOM = re.compile(r'"[a-z0-9]{15}"')
OTP = "otpotpotpotp001"


@dataclass(frozen=True)
class Pair:
    """Two bodies: of somebody, and of nobody."""

    name: str
    action: str
    known: Mapping[str, str]
    unknown: Mapping[str, str]

    @property
    def hashes_one(self) -> bool:
        """Where a password is compared, or a code made."""
        return self.action in {"auth-with-password", "auth-with-otp", "request-otp"}

    def __str__(self) -> str:
        return self.name


def by_email(action: str) -> Pair:
    return Pair(action, action, {"email": "ann@example.com"}, {"email": "nobody@example.com"})


PAIRS = [
    Pair(
        "sign in by e-mail",
        "auth-with-password",
        {"identity": "ann@example.com", "password": "wrong-password"},
        {"identity": "nobody@example.com", "password": "wrong-password"},
    ),
    Pair(
        "sign in by a named field",
        "auth-with-password",
        {"identity": "ann@example.com", "password": "wrong", "identityField": "email"},
        {"identity": "nobody@example.com", "password": "wrong", "identityField": "email"},
    ),
    Pair(
        "sign in with a code",
        "auth-with-otp",
        {"otpId": OTP, "password": "00000000"},
        {"otpId": "otpotpotpotp002", "password": "00000000"},
    ),
    by_email("request-otp"),
    by_email("request-verification"),
    by_email("request-password-reset"),
]


@dataclass(frozen=True)
class Seen:
    """What somebody outside can see or measure."""

    status: int
    headers: Mapping[str, str]
    body: str
    calls: Mapping[str, int]
    hashes: Mapping[str, int]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """The hashes that were computed, by cost."""
    counted: Counter[str] = Counter()

    def counting(real: Callable[[bytes, bytes], Any]) -> Callable[[bytes, bytes], Any]:
        def count(plain: bytes, salt: bytes) -> Any:
            counted[salt[:7].decode()] += 1
            return real(plain, salt)

        return count

    for name in ("checkpw", "hashpw"):
        monkeypatch.setattr(bcrypt, name, counting(getattr(bcrypt, name)))
    yield counted


@pytest.fixture
def ann(defaults: Engine) -> Record:
    """Somebody whose hash costs what those of everybody do."""
    set_auth_options("users", otp=Otp(enabled=True, duration=180, length=8))
    ann = add_person(id="annannannannann", email="ann@example.com", password=hash_password("correct horse"))
    write_together(
        [Create(new_attachment(ann, OTPS, get_catalog(), id=OTP, password=hash_password("12345678", 8)))]
    )
    return ann


def see(
    gateway: Gateway, pair: Pair, body: Mapping[str, str], hashes: Counter[str], collection: str = "users"
) -> Seen:
    """What comes of one of the two."""
    get_engine().calls.reset()
    hashes.clear()
    path, raw = f"/api/collections/{collection}/{pair.action}", json.dumps(body).encode()
    status, headers, answer = gateway.handle("POST", path, {"Content-Type": "application/json"}, raw)
    shown = {name: value for name, value in headers.items() if name not in OWN_HEADERS}
    text = RANDOM.sub('"random"', answer.decode())
    return Seen(status, shown, text, dict(get_engine().calls.by_operation), dict(hashes))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_nobody_looks_like_somebody(pair: Pair, gateway: Gateway, ann: Record, hashes: Counter[str]) -> None:
    known, unknown = (see(gateway, pair, body, hashes) for body in (pair.known, pair.unknown))
    assert known == unknown
    assert "ann" not in known.body
    assert sum(known.hashes.values()) == (1 if pair.hashes_one else 0)


@pytest.mark.parametrize("pair", [each for each in PAIRS if each.action.startswith("request-")], ids=str)
def test_asking_again_does_not_tell_either(
    pair: Pair, gateway: Gateway, ann: Record, hashes: Counter[str]
) -> None:
    """The second mail is not sent, the first was or was not: it looks the same."""
    for body in (pair.known, pair.unknown):
        see(gateway, pair, body, hashes)
    known, unknown = (see(gateway, pair, body, hashes) for body in (pair.known, pair.unknown))
    assert known == unknown


def test_who_is_verified_is_not_told(gateway: Gateway, ann: Record, hashes: Counter[str]) -> None:
    add_person(id="bobbobbobbobbob", email="bob@example.com", verified=True)
    pair = by_email("request-verification")
    seen = [see(gateway, pair, {"email": f"{name}@example.com"}, hashes) for name in ("ann", "bob", "nobody")]
    assert seen[0] == seen[1] == seen[2]


MEMBERS = {
    "name": "members",
    "type": "auth",
    "fields": [{"name": "nick", "type": "text"}],
    "indexes": ["CREATE UNIQUE INDEX idx_nick ON members (nick) WHERE nick != ''"],
    "passwordAuth": {"enabled": True, "identityFields": ["email", "nick"]},
}


@pytest.mark.parametrize("known", ["ann@example.com", "ann"])
def test_in_which_field_it_would_be_is_not_told(
    known: str, gateway: Gateway, defaults: Engine, hashes: Counter[str]
) -> None:
    """Each field that may hold an identity is looked into, whether or not one before it does."""
    create_collection(MEMBERS)
    add_person("members", email="ann@example.com", nick="ann", password=hash_password("correct horse"))
    unknown = known.replace("ann", "bob")
    bodies = ({"identity": each, "password": "wrong"} for each in (known, unknown))
    pair = Pair("sign in", "auth-with-password", *bodies)
    seen = [see(gateway, pair, body, hashes, "members") for body in (pair.known, pair.unknown)]
    assert seen[0] == seen[1] and seen[0].status == 400


HOMOGRAPHS = {
    "letters without dots": "ann@\u0131nbox.example",
    "capitals with dots": "ann@\u0130nbox.example",
    "wide": "\uff41nn@inbox.example",
    "a letter of another script": "\u0430nn@inbox.example",
    "combined": "a\u0301nn@inbox.example",
    "nothing between": "a\u200bnn@inbox.example",
    "a number's letter": "ann@\u2170nbox.example",
    "its name in ASCII": "ann@xn--nbox-nza.example",
    "with a tag": "ann+a@inbox.example",
    "a dot at the end": "ann@inbox.example.",
}


@pytest.mark.parametrize("action", ["request-password-reset", "request-otp", "request-verification"])
@pytest.mark.parametrize("email", HOMOGRAPHS.values(), ids=HOMOGRAPHS)
def test_what_looks_like_an_address_is_another(
    email: str, action: str, gateway: Gateway, defaults: Engine
) -> None:
    """No mail about somebody goes anywhere but to the address that is stored."""
    set_auth_options("users", otp=Otp(enabled=True, duration=180, length=8))
    add_person(email="ann@inbox.example")
    body, headers = json.dumps({"email": email}).encode(), {"Content-Type": "application/json"}
    assert gateway.handle("POST", f"/api/collections/users/{action}", headers, body)[0] < 500
    assert find_all_waiting(10) == []
    body = json.dumps({"email": "ann@inbox.example"}).encode()
    gateway.handle("POST", f"/api/collections/users/{action}", headers, body)
    assert [message_in(task).to for task in find_all_waiting(10)] == ["ann@inbox.example"]
