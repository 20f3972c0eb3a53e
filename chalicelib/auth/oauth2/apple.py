"""POST settings/apple/generate-client-secret: the token that Apple wants in place of a client's secret."""

import base64
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib import clock
from chalicelib.errors import UNREADABLE, BadRequest, UnreadableBody, ValidationFailed
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.limits import check_range
from chalicelib.schema.problems import REQUIRED, Problem, Problems, problems_to_json, without_none
from chalicelib.security.key_sets import P256_BYTES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

AUDIENCE = "https://appleid.apple.com"
LONGEST = 15_777_000
TEXTS = ("clientId", "teamId", "keyId", "privateKey")
NAME_LENGTH = 10
INVALID = "Invalid client secret data."
FAILED = "Failed to generate client secret. Raw error: \n{}."
NO_KEY = "invalid key: Key must be a PEM encoded PKCS1 or PKCS8 key"
NO_EC_KEY = "key is not a valid ECDSA private key"
OTHER_CURVE = "key is invalid"
BAD_LENGTH = Problem(
    "validation_length_invalid",
    f"The length must be exactly {NAME_LENGTH}.",
    {"max": NAME_LENGTH, "min": NAME_LENGTH},
)
BAD_FORMAT = Problem("validation_match_invalid", "Must be in a valid format.")


def generate_client_secret(request: RequestInfo) -> dict[str, str]:
    """The secret for a client. Raises BadRequest, ValidationFailed."""
    form = _read(request)
    problems = _check(form)
    if problems:
        raise ValidationFailed(INVALID, problems_to_json(problems))
    key = get_private_key(form["privateKey"])
    now = int(clock.now().timestamp())
    said = {
        "iss": form["teamId"],
        "sub": form["clientId"],
        "aud": [AUDIENCE],
        "exp": now + form["duration"],
        "iat": now,
    }
    head = {"alg": "ES256", "kid": form["keyId"], "typ": "JWT"}
    message = f"{_encode(_dump(head))}.{_encode(_dump(said))}"
    return {"secret": f"{message}.{_encode(_sign(key, message.encode()))}"}


def get_private_key(text: str) -> "EllipticCurvePrivateKey":
    """A PKCS#8 key on P-256, as Apple gives them out. Raises BadRequest."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.strip().encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadRequest(FAILED.format(NO_KEY)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadRequest(FAILED.format(NO_EC_KEY))
    if not isinstance(key.curve, ec.SECP256R1):
        raise BadRequest(FAILED.format(OTHER_CURVE))
    return key


def _sign(key: "EllipticCurvePrivateKey", message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    halves = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    return b"".join(half.to_bytes(P256_BYTES, "big") for half in halves)


def _read(request: RequestInfo) -> dict[str, Any]:
    try:
        body = dict(request.body)
    except UnreadableBody as error:
        raise BadRequest(UNREADABLE) from error
    form = {name: body.get(name) or "" for name in TEXTS}
    duration = body.get("duration") or 0
    is_number = isinstance(duration, int) and not isinstance(duration, bool)
    if not is_number or not all(isinstance(text, str) for text in form.values()):
        raise BadRequest(UNREADABLE)
    return {**form, "duration": duration}


def _check(form: Mapping[str, Any]) -> Problems:
    lengths = {name: None if len(form[name]) == NAME_LENGTH else BAD_LENGTH for name in ("teamId", "keyId")}
    is_pem = bool(
        re.search(r"-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----", form["privateKey"])
    )
    found = {
        "clientId": None,
        **lengths,
        "privateKey": None if is_pem else BAD_FORMAT,
        "duration": check_range(form["duration"], 1, LONGEST),
    }
    return without_none({name: problem if form[name] else REQUIRED for name, problem in found.items()})


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
