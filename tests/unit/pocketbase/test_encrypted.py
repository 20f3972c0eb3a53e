"""AES in Galois/counter mode, beside a published vector and another implementation."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.pocketbase.encrypted import WrongKey, decrypt

KEY = "0123456789abcdef0123456789abcdef"
NONCE = b"twelve bytes"


def encrypt(text: str, key: str = KEY, nonce: bytes = NONCE) -> str:
    return base64.b64encode(nonce + AESGCM(key.encode()).encrypt(nonce, text.encode(), None)).decode()


def test_a_published_vector() -> None:
    """Test case 14 of the specification of GCM: key, nonce and content are all zeros."""
    raw = bytes(12) + bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919")
    assert decrypt(base64.b64encode(raw).decode(), "\0" * 32) == "\0" * 16


@settings(max_examples=15)
@given(
    text=st.text(max_size=100),
    key=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=32, max_size=32),
    nonce=st.binary(min_size=12, max_size=12),
)
def test_what_another_implementation_encrypts(text: str, key: str, nonce: bytes) -> None:
    assert decrypt(encrypt(text, key, nonce), key) == text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (encrypt("secret"), KEY[::-1]),
        (encrypt("secret"), KEY[:-1]),
        (encrypt("secret"), ""),
        (encrypt("secret")[:-4] + "AAA=", KEY),
        ("", KEY),
        ("AAAA", KEY),
        ("not base64!", KEY),
    ],
)
def test_what_does_not_open(text: str, key: str) -> None:
    with pytest.raises(WrongKey):
        decrypt(text, key)
