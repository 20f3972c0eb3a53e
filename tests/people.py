"""Auth records for tests, stored without the cost of real password hashing."""

from dataclasses import replace
from typing import Any

from chalicelib.collections import load
from chalicelib.collections.save import Change, save_change
from chalicelib.ids import random_text
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.security.passwords import hash_password
from chalicelib.storage.transactions import Create, Update, write_together

PASSWORD = "12345678"
HASH = hash_password(PASSWORD, 4)


def add_person(collection_name: str = "users", **given: Any) -> Record:
    """A record of an auth collection, with PASSWORD."""
    collection = load.get_collection(collection_name)
    empty = {field.name: field.empty for field in collection.fields}
    key = {"tokenKey": random_text(50), "password": HASH}
    return write_together([Create(Record(collection, {**empty, **key, **given}))])[0]


def change_person(record: Record, **values: Any) -> Record:
    """The record with other values, as stored."""
    return write_together([Update(record, replace(record, values={**record.values, **values}))])[0]


def set_auth_options(collection_name: str, **options: Any) -> Collection:
    """An auth collection with other options, stored without asking whether they make sense."""

    def changed(catalog: Any) -> Change:
        old = catalog.find(collection_name)
        return Change((replace(old, auth=replace(old.auth, **options)),))

    save_change(changed)
    return load.get_collection(collection_name)
