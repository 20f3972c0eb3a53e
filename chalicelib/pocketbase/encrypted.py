"""Settings that PocketBase has encrypted: AES in Galois/counter mode, as its base64 text holds it.

Written out here because nothing that Quoll is shipped with has AES, and a few kilobytes are all there is to
open. Pure.
"""

import base64
import binascii
import hmac
from collections.abc import Iterator

KEY_LENGTH = 32
_NONCE, _TAG, _BLOCK = 12, 16, 16
_REDUCTION = 0xE1 << 120


class WrongKey(Exception):
    """The text was not encrypted with this key, or was changed since."""


def decrypt(text: str, key: str) -> str:
    """What was encrypted with a key of 32 letters. Raises WrongKey."""
    secret = key.encode()
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise WrongKey("the settings are neither JSON nor encrypted") from error
    if len(secret) != KEY_LENGTH or len(raw) < _NONCE + _TAG:
        raise WrongKey(f"the key must have {KEY_LENGTH} letters")
    nonce, content, tag = raw[:_NONCE], raw[_NONCE:-_TAG], raw[-_TAG:]
    rounds = _expand(secret)
    first = nonce + b"\0\0\0\1"
    hidden = int.from_bytes(_encrypt(first, rounds)) ^ _hash(content, rounds)
    if not hmac.compare_digest(hidden.to_bytes(_BLOCK), tag):
        raise WrongKey("the settings were encrypted with another key")
    return _counted(content, nonce, rounds).decode()


def _counted(content: bytes, nonce: bytes, rounds: list[bytes]) -> bytes:
    """Counter mode: the block after the one that hides the tag is the first."""
    starts = range(0, len(content), _BLOCK)
    stream = b"".join(_encrypt(nonce + (at // _BLOCK + 2).to_bytes(4), rounds) for at in starts)
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def _hash(content: bytes, rounds: list[bytes]) -> int:
    """GHASH, with nothing beside the content."""
    point = int.from_bytes(_encrypt(bytes(_BLOCK), rounds))
    found = 0
    for start in range(0, len(content), _BLOCK):
        found = _multiply(found ^ int.from_bytes(content[start : start + _BLOCK].ljust(_BLOCK, b"\0")), point)
    return _multiply(found ^ len(content) * 8, point)


def _multiply(one: int, other: int) -> int:
    """In the field of 2**128 elements, bits reflected."""
    product = 0
    for bit in range(127, -1, -1):
        product ^= other if one >> bit & 1 else 0
        other = other >> 1 ^ (_REDUCTION if other & 1 else 0)
    return product


def _double(byte: int) -> int:
    return (byte << 1 ^ (0x11B if byte & 0x80 else 0)) & 0xFF


def _substitutions() -> Iterator[int]:
    """AES's table: each byte's inverse, its bits mixed."""
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] ^ _double(powers[-1]))  # 3 makes all but 0
    places = {power: place for place, power in enumerate(powers)}
    for byte in range(256):
        inverse = powers[-places[byte] % 255] if byte else 0
        doubled = inverse * 0x101
        yield (inverse ^ doubled >> 7 ^ doubled >> 6 ^ doubled >> 5 ^ doubled >> 4 ^ 0x63) & 0xFF


_TABLE = bytes(_substitutions())
# Where the byte at each place comes from when rows are shifted.
_SHIFTED = tuple((place + 4 * (place % 4)) % _BLOCK for place in range(_BLOCK))


def _expand(key: bytes) -> list[bytes]:
    """The keys of the 15 rounds."""
    words = [key[start : start + 4] for start in range(0, KEY_LENGTH, 4)]
    constant = 1
    for place in range(8, 60):
        word = words[-1]
        if place % 8 == 0:
            word = (word[1:] + word[:1]).translate(_TABLE)
            word = bytes([word[0] ^ constant, *word[1:]])
            constant = _double(constant)
        elif place % 8 == 4:
            word = word.translate(_TABLE)
        words.append(_xor(words[-8], word))
    return [b"".join(words[start : start + 4]) for start in range(0, 60, 4)]


def _encrypt(block: bytes, rounds: list[bytes]) -> bytes:
    state = _xor(block, rounds[0])
    for key in rounds[1:-1]:
        state = _xor(_mix(_shift(state)), key)
    return _xor(_shift(state), rounds[-1])


def _shift(state: bytes) -> bytes:
    changed = state.translate(_TABLE)
    return bytes(changed[place] for place in _SHIFTED)


def _mix(state: bytes) -> bytes:
    """Each column multiplied by AES's matrix."""
    mixed = bytearray()
    for start in range(0, _BLOCK, 4):
        column = state[start : start + 4]
        whole = column[0] ^ column[1] ^ column[2] ^ column[3]
        mixed += bytes(byte ^ whole ^ _double(byte ^ column[(at + 1) % 4]) for at, byte in enumerate(column))
    return bytes(mixed)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
