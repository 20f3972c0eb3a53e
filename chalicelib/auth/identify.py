"""Who asks: a token becomes the auth record it was given to."""

from chalicelib import clock
from chalicelib.auth.tokens import AUTH, Token, bearer_of, parse_token
from chalicelib.collections import load
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_record, find_record_and_version


def identify(header: str) -> Record | None:
    """The record whose token an ``Authorization`` header carries; None (a guest) for anything else."""
    return find_bearer(bearer_of(header), AUTH)


def find_bearer(text: str, kind: str) -> Record | None:
    """The record that a token of this kind was given to; None when it is expired, forged, revoked, spent."""
    token = parse_token(text)
    record = _find_claimed(token) if token is not None and token.type == kind else None
    return record if token and record and token.is_signed_for(record, clock.now()) else None


def _find_claimed(token: Token) -> Record | None:
    """The record a token names. One read, that also tells whether the collections in memory are current."""
    collection = _if_auth(load.peek_catalog().find(token.collection_id))
    if not load.is_stale():
        return find_record(collection, token.record_id) if collection else None
    if collection is None:
        collection = _if_auth(load.get_catalog().find(token.collection_id))
        return find_record(collection, token.record_id) if collection else None
    record, version = find_record_and_version(collection, token.record_id)
    load.note_version(version)
    current = _if_auth(load.peek_catalog().find(token.collection_id))
    if current is collection:
        return record
    return find_record(current, token.record_id) if current else None


def _if_auth(collection: Collection | None) -> Collection | None:
    return collection if collection is not None and collection.is_auth else None
