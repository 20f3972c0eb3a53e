"""Apple's client secret."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.auth.oauth2.apple import generate_client_secret
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.request import RequestInfo

KEY = ec.generate_private_key(ec.SECP256R1())


def pem(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, form: PrivateFormat = PrivateFormat.PKCS8
) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


GOOD = {"clientId": "app", "teamId": "t" * 10, "keyId": "k" * 10, "privateKey": pem(KEY), "duration": 600}


def generate(**changed: object) -> str:
    return generate_client_secret(RequestInfo(method="POST", body={**GOOD, **changed}))["secret"]


WRITTEN = {
    "as made": pem(KEY),
    "with empty lines": f"\n{pem(KEY)}\n",
    "with CRLF": pem(KEY).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("key", WRITTEN.values(), ids=WRITTEN)
def test_signed_by_the_key(key: str) -> None:
    token = generate(privateKey=key)
    claims = jwt.decode(token, KEY.public_key(), algorithms=["ES256"], audience="https://appleid.apple.com")
    assert (claims["iss"], claims["sub"], claims["exp"] - claims["iat"]) == ("t" * 10, "app", 600)
    assert jwt.get_unverified_header(token)["kid"] == "k" * 10


@pytest.mark.parametrize(
    "changed",
    [
        {"clientId": ""},
        {"teamId": "short"},
        {"keyId": "k" * 11},
        {"duration": 0},
        {"duration": -1},
        {"duration": 15_777_001},
        {"privateKey": "nonsense"},
        {"privateKey": pem(KEY, PrivateFormat.TraditionalOpenSSL)},
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        generate(**changed)
    assert list(refused.value.data) == list(changed)


HEAD, END = "-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----"
OTHERS = {
    "of another curve": pem(ec.generate_private_key(ec.SECP384R1())),
    "RSA": pem(rsa.generate_private_key(65537, 2048)),
    "cut off": f"{HEAD}AAAA{END}",
    "not padded": f"{HEAD}A{END}",
    "not base64": f"{HEAD}!{END}",
}


@pytest.mark.parametrize("key", OTHERS.values(), ids=OTHERS)
def test_other_keys(key: str) -> None:
    with pytest.raises(BadRequest, match="Failed to generate client secret"):
        generate(privateKey=key)


@pytest.mark.parametrize(
    "changed", [{"clientId": 5}, {"duration": "long"}, {"duration": True}, {"keyId": ["k"]}]
)
def test_of_another_type(changed: dict[str, object]) -> None:
    with pytest.raises(BadRequest, match="loading"):
        generate(**changed)
