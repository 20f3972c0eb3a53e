"""Tokens that others sign: which are believed."""

import base64
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.security.key_sets import verified_claims

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)
EC = ec.generate_private_key(ec.SECP256R1())
EC384 = ec.generate_private_key(ec.SECP384R1())
ED = ed25519.Ed25519PrivateKey.generate()
CLAIMS = {"sub": "1", "aud": "client"}


def public(algorithm: str, key: Any, **more: Any) -> dict[str, Any]:
    found = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return {**found, **more}


def read(token: str, key: dict[str, Any] | None) -> Any:
    return verified_claims(token, lambda kid: key)


def signed(algorithm: str, key: Any, **headers: Any) -> str:
    return jwt.encode(CLAIMS, key, algorithm=algorithm, headers=headers)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", RSA),
        ("RS384", RSA),
        ("RS512", RSA),
        ("PS256", RSA),
        ("PS384", RSA),
        ("PS512", RSA),
        ("ES256", EC),
        ("EdDSA", ED),
    ],
)
def test_believed(algorithm: str, key: Any) -> None:
    token = signed(algorithm, key, kid="k")
    assert read(token, public(algorithm, key)) == CLAIMS
    assert read(token, public(algorithm, key, alg=algorithm, use="sig")) == CLAIMS
    head, body, end = token.split(".")
    assert read(f"{head}.{body}x.{end}", public(algorithm, key)) is None
    assert read(f"{head}.{body}.", public(algorithm, key)) is None
    assert read(token, None) is None


def signed_weakly() -> str:
    """The library signs by no such key."""
    message = signed("RS256", RSA).rpartition(".")[0]
    signature = WEAK.sign(message.encode(), PKCS1v15(), SHA256())
    return f"{message}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def relabelled(token: str, algorithm: str) -> str:
    """The same signature, of another algorithm as it says."""
    head = base64.urlsafe_b64encode(f'{{"alg":"{algorithm}"}}'.encode()).decode().rstrip("=")
    return ".".join([head, *token.split(".")[1:]])


OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
REFUSED = {
    "another key": (signed("RS256", RSA), public("RS256", OTHER)),
    "another kind of key": (signed("RS256", RSA), public("ES256", EC)),
    "a key for another algorithm": (signed("RS256", RSA), public("RS256", RSA, alg="RS512")),
    "a key for hiding": (signed("RS256", RSA), public("RS256", RSA, use="enc")),
    "a weak key": (signed_weakly(), public("RS256", WEAK)),
    "another curve": (signed("ES384", EC384), public("ES384", EC384)),
    "another kind of curve": (signed("EdDSA", ED), public("EdDSA", ED, crv="Ed448")),
    "a point too short": (signed("EdDSA", ED), public("EdDSA", ED, x="AQ")),
    "a point that is none": (signed("EdDSA", ED), public("EdDSA", ED, x=None)),
    "another such key": (signed("EdDSA", ED), public("EdDSA", ed25519.Ed25519PrivateKey.generate())),
    "padded otherwise": (signed("PS256", RSA), public("RS256", RSA, alg="RS256")),
    "salted otherwise": (signed("RS256", RSA), public("PS256", RSA, alg="PS256")),
    "said to be salted": (relabelled(signed("RS256", RSA), "PS256"), public("RS256", RSA)),
    "said not to be": (relabelled(signed("PS256", RSA), "RS256"), public("RS256", RSA)),
    "by no key": (jwt.encode(CLAIMS, None, algorithm="none"), public("RS256", RSA)),
    "the public key as a secret": (signed("HS256", "x" * 40), {"kty": "oct", "k": "x" * 40}),
    "what we must understand": (signed("RS256", RSA, crit=["b64"]), public("RS256", RSA)),
    "an exponent of one": (signed("RS256", RSA), public("RS256", RSA, e="AQ")),
    "no token": ("a.b", public("RS256", RSA)),
    "too long": (signed("RS256", RSA) + "A" * 70_000, public("RS256", RSA)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    assert read(*REFUSED[name]) is None


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.text(max_size=30), min_size=1, max_size=4), key=st.dictionaries(st.text(), st.text())
)
def test_nonsense_is_refused(parts: list[str], key: dict[str, str]) -> None:
    assert read(".".join(parts), key) is None
