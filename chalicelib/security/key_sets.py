"""Signatures of tokens that others sign, checked with the public keys they publish (JSON web key sets).

`cryptography` is imported when there is something to check: few requests need it, and it takes 33 ms.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.security.foreign_json import read_foreign_json

LONGEST = 65_536
LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 8192
P256_BYTES = 32

Key = Mapping[str, Any]


def verified_claims(token: str, find_key: Callable[[str], Key | None]) -> Mapping[str, Any] | None:
    """The claims of a token signed by the key of its `kid`; None for any other text. No times are checked."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3:
        return None
    header, signature = _object_in(parts[0]), _bytes_in(parts[2])
    check = CHECKS.get(str(header.get("alg")))
    key = find_key(str(header.get("kid") or "")) if check and "crit" not in header else None
    if check is None or key is None or not _agrees(key, str(header["alg"])):
        return None
    message = f"{parts[0]}.{parts[1]}".encode()
    return _object_in(parts[1]) if _holds(lambda: check(key, message, signature)) else None


def unverified_claims(token: str) -> Mapping[str, Any]:
    """The claims of a token whoever signed it: of one that came from where it was asked for. {} for none."""
    parts = token.split(".")
    return _object_in(parts[1]) if len(token) <= LONGEST and len(parts) == 3 else {}


def _holds(check: Callable[[], bool]) -> bool:
    """Whether a check passes. The library raises for wrong signatures, and for keys that can be none."""
    from cryptography.exceptions import InvalidSignature

    try:
        return check()
    except (InvalidSignature, ValueError):
        return False


def _agrees(key: Key, algorithm: str) -> bool:
    """Whether a key is for signatures of this kind, as far as it says."""
    return key.get("alg") in (None, algorithm) and key.get("use") in (None, "sig")


def _rsa(name: str, *, is_salted: bool = False) -> Callable[[Key, bytes, bytes], bool]:
    """The check of a signature by an RSA key: PKCS #1 v1.5, or PSS."""

    def check(key: Key, message: bytes, signature: bytes) -> bool:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        modulus, exponent = _number_in(key.get("n")), _number_in(key.get("e"))
        if key.get("kty") != "RSA" or not LEAST_RSA_BITS <= modulus.bit_length() <= MOST_RSA_BITS:
            return False
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        by = getattr(hashes, name)()
        salted = padding.PSS(padding.MGF1(by), padding.PSS.AUTO)
        public.verify(signature, message, salted if is_salted else padding.PKCS1v15(), by)
        return True

    return check


def _es256(key: Key, message: bytes, signature: bytes) -> bool:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if key.get("kty") != "EC" or key.get("crv") != "P-256" or len(signature) != 2 * P256_BYTES:
        return False
    halves = (signature[:P256_BYTES], signature[P256_BYTES:])
    encoded = encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))
    point = _number_in(key.get("x")), _number_in(key.get("y"))
    public = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
    public.verify(encoded, message, ec.ECDSA(hashes.SHA256()))
    return True


def _eddsa(key: Key, message: bytes, signature: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    if key.get("kty") != "OKP" or key.get("crv") != "Ed25519":
        return False
    ed25519.Ed25519PublicKey.from_public_bytes(_bytes_in(key.get("x"))).verify(signature, message)
    return True


CHECKS: Mapping[str, Callable[[Key, bytes, bytes], bool]] = {
    "RS256": _rsa("SHA256"),
    "RS384": _rsa("SHA384"),
    "RS512": _rsa("SHA512"),
    "PS256": _rsa("SHA256", is_salted=True),
    "PS384": _rsa("SHA384", is_salted=True),
    "PS512": _rsa("SHA512", is_salted=True),
    "ES256": _es256,
    "EdDSA": _eddsa,
}


def _bytes_in(text: Any) -> bytes:
    """What a text in URL-safe Base64 stands for; nothing when it is none."""
    try:
        return base64.b64decode(str(text) + "=" * (-len(str(text)) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _number_in(text: Any) -> int:
    return int.from_bytes(_bytes_in(text)[: MOST_RSA_BITS // 8], "big")


def _object_in(text: str) -> Mapping[str, Any]:
    try:
        found = read_foreign_json(_bytes_in(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
