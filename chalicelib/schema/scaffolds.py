"""The blank definitions that a client starts a new collection from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib import ids
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import with_key_indexes

SUFFIX_LENGTH = 10


def scaffolds() -> Mapping[str, Any]:
    """A blank definition of each type, as PocketBase shows them."""
    return {
        "auth": _auth().to_json(),
        "view": Collection(type="view").to_json(),
        "base": Collection.from_json({"type": "base"}).to_json(),
    }


def _auth() -> Collection:
    blank = Collection.from_json({"type": "auth"})
    return replace(
        blank, indexes=with_key_indexes(blank, ids.random_text(SUFFIX_LENGTH, ids.RECORD_ID_ALPHABET))
    )
