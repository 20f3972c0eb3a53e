"""The tokens that auth records are given: what they say, and what signs them."""

from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.schema.auth_options import TokenConfig
from chalicelib.schema.record import Record
from chalicelib.security.jwt import read_token, sign_token, unsafe_read_claims

AUTH, FILE = "auth", "file"
VERIFICATION, PASSWORD_RESET, EMAIL_CHANGE = "verification", "passwordReset", "emailChange"
BEARER = "bearer "
MAX_NAME_LENGTH = 255
# Which of a collection's secrets signs which type of token.
SECRET_OF = {
    AUTH: "auth_token",
    FILE: "file_token",
    VERIFICATION: "verification_token",
    PASSWORD_RESET: "password_reset_token",
    EMAIL_CHANGE: "email_change_token",
}


@dataclass(frozen=True)
class Token:
    """A token as it presents itself. Nothing in it may be believed before `is_signed_for`."""

    text: str
    type: str
    record_id: str
    collection_id: str
    is_refreshable: bool

    def is_signed_for(self, record: Record, now: datetime) -> bool:
        """Whether it was really given to this record, and has not expired since."""
        key = signing_key(record, self.type)
        return bool(key) and read_token(self.text, key, now) is not None


def bearer_of(header: str) -> str:
    """The token in an ``Authorization`` header; the word Bearer before it may be left out."""
    text = header.strip()
    return text[len(BEARER) :] if text[: len(BEARER)].lower() == BEARER else text


def parse_token(text: str) -> Token | None:
    """A token's own claims, unproven; None when it cannot be one."""
    claims = unsafe_read_claims(text)
    named = [claims.get(name) for name in ("type", "id", "collectionId")]
    if not all(map(_is_name, named)) or named[0] not in SECRET_OF:
        return None
    kind, record_id, collection_id = map(str, named)
    return Token(text, kind, record_id, collection_id, claims.get("refreshable") is True)


def new_auth_token(record: Record) -> str:
    """A token to sign in with, good for as long as the record's collection says."""
    return new_token(record, AUTH, refreshable=True)


def new_token(record: Record, kind: str, seconds: int = 0, **claims: object) -> str:
    """A token of a kind, good for so many seconds; 0: for as long as the record's collection says."""
    expires = clock.now() + timedelta(seconds=seconds or config_of(record, kind).duration)
    said = {"id": record.id, "type": kind, "collectionId": record.collection.id, **claims}
    return sign_token(said, signing_key(record, kind), expires)


def signing_key(record: Record, kind: str) -> str:
    """The record's part and the collection's part joined; "" (no token is valid) when either is missing."""
    token_key, secret = str(record.get("tokenKey") or ""), config_of(record, kind).secret
    return token_key + secret if token_key and secret else ""


def config_of(record: Record, kind: str) -> TokenConfig:
    """What signs a record's tokens of a kind, and for how long; nothing, where nobody signs in."""
    options = record.collection.auth
    return options.tokens[SECRET_OF[kind]] if options else TokenConfig()


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME_LENGTH and value.isprintable()
