"""Tokens that are worth nothing, each in its own way."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.auth.tokens import AUTH, signing_key
from chalicelib.schema.record import Record
from chalicelib.security.jwt import sign_token

LATER, BEFORE = timedelta(hours=1), timedelta(seconds=-1)
KINDS = (AUTH, "file", "verification", "passwordReset", "emailChange")


@dataclass(frozen=True)
class Bearer:
    """Whose tokens are forged, and somebody of another collection with the same id."""

    record: Record
    other: Record


def claims_of(record: Record, kind: str, **more: object) -> dict[str, Any]:
    emails = {"email": record.get("email"), "newEmail": "new@example.com"}
    said = {"id": record.id, "type": kind, "collectionId": record.collection.id, "refreshable": True}
    return {**emails, **said, **more}


def signed(record: Record, kind: str, **more: object) -> str:
    """A token as it should be, but for `more`."""
    return sign_token(claims_of(record, kind, **more), signing_key(record, kind), clock.now() + LATER)


def unsigned(claims: Mapping[str, Any], header: Mapping[str, Any], key: str = "") -> str:
    """A token by a header of our own, signed with a key or not at all."""
    parts = [_encoded(json.dumps(each).encode()) for each in (header, {**claims, "exp": 4_000_000_000})]
    name = {"HS512": hashlib.sha512, "HS384": hashlib.sha384}.get(str(header.get("alg")), hashlib.sha256)
    signature = hmac.new(key.encode(), ".".join(parts).encode(), name).digest() if key else b""
    return ".".join((*parts, _encoded(signature)))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def expired(bearer: Bearer, kind: str) -> str:
    claims = claims_of(bearer.record, kind)
    return sign_token(claims, signing_key(bearer.record, kind), clock.now() + BEFORE)


def wrong_key(bearer: Bearer, kind: str) -> str:
    return sign_token(claims_of(bearer.record, kind), "x" * 100, clock.now() + LATER)


def key_of_the_record_alone(bearer: Bearer, kind: str) -> str:
    key = str(bearer.record.get("tokenKey"))
    return sign_token(claims_of(bearer.record, kind), key, clock.now() + LATER)


def key_of_another_kind(bearer: Bearer, kind: str) -> str:
    """What one kind of token is signed with does not sign another."""
    other = next(each for each in KINDS if each != kind)
    return sign_token(claims_of(bearer.record, kind), signing_key(bearer.record, other), clock.now() + LATER)


def of_another_kind(bearer: Bearer, kind: str) -> str:
    return signed(bearer.record, next(each for each in KINDS if each != kind))


def of_another_collection(bearer: Bearer, kind: str) -> str:
    """The same id elsewhere, signed for there, said to be of here."""
    key = signing_key(bearer.other, kind)
    return sign_token(claims_of(bearer.record, kind), key, clock.now() + LATER)


def of_nobody(bearer: Bearer, kind: str) -> str:
    return signed(bearer.record, kind, id="nobodynobodynob")


def of_no_collection(bearer: Bearer, kind: str) -> str:
    return signed(bearer.record, kind, collectionId="pbc_0000000000")


def none_and_no_signature(bearer: Bearer, kind: str) -> str:
    return unsigned(claims_of(bearer.record, kind), {"alg": "none", "typ": "JWT"})


def none_with_a_signature(bearer: Bearer, kind: str) -> str:
    return unsigned(claims_of(bearer.record, kind), {"alg": "None"}, signing_key(bearer.record, kind))


def another_algorithm(bearer: Bearer, kind: str) -> str:
    return unsigned(claims_of(bearer.record, kind), {"alg": "HS512"}, signing_key(bearer.record, kind))


def a_key_of_its_own(bearer: Bearer, kind: str) -> str:
    header = {"alg": "HS256", "jwk": {"kty": "oct", "k": "eA"}, "kid": "../../dev/null"}
    return unsigned(claims_of(bearer.record, kind), header, "x")


def changed_claims(bearer: Bearer, kind: str) -> str:
    head, body, tail = signed(bearer.record, kind).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return ".".join((head, _encoded(json.dumps({**claims, "exp": 4_000_000_000}).encode()), tail))


def cut_off(bearer: Bearer, kind: str) -> str:
    return signed(bearer.record, kind).rpartition(".")[0] + "."


def revoked(bearer: Bearer, kind: str) -> str:
    """Good until the record's key changed, as with each new password."""
    former = replace(bearer.record, values={**bearer.record.values, "tokenKey": "f" * 50})
    return sign_token(claims_of(bearer.record, kind), signing_key(former, kind), clock.now() + LATER)


def in_four_parts(bearer: Bearer, kind: str) -> str:
    return f"{signed(bearer.record, kind)}.e30"


def padded(bearer: Bearer, kind: str) -> str:
    return f"{signed(bearer.record, kind)}="


def longer_than_any(bearer: Bearer, kind: str) -> str:
    """Signed as it should be; but nothing that long was ever given."""
    return signed(bearer.record, kind, more="x" * 9000)


def of_a_list(bearer: Bearer, kind: str) -> str:
    return signed(bearer.record, kind, id=[bearer.record.id])


def not_yet(bearer: Bearer, kind: str) -> str:
    return signed(bearer.record, kind, nbf=4_000_000_000)


def with_claims_twice(bearer: Bearer, kind: str) -> str:
    """Signed as it should be, of two ids: as in PocketBase the last one counts, which is nobody's."""
    head, body, _ = signed(bearer.record, kind).split(".")
    claims = base64.urlsafe_b64decode(body + "==")[:-1] + b',"id":"nobodynobodynob"}'
    text = f"{head}.{_encoded(claims)}"
    key = signing_key(bearer.record, kind).encode()
    return f"{text}.{_encoded(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


Forge = Callable[[Bearer, str], str]
FORGERIES: tuple[Forge, ...] = (
    expired,
    wrong_key,
    key_of_the_record_alone,
    key_of_another_kind,
    of_another_kind,
    of_another_collection,
    of_nobody,
    of_no_collection,
    none_and_no_signature,
    none_with_a_signature,
    another_algorithm,
    a_key_of_its_own,
    changed_claims,
    cut_off,
    revoked,
    in_four_parts,
    padded,
    longer_than_any,
    of_a_list,
    not_yet,
    with_claims_twice,
)
