"""The definitions of collections and the settings: one partition, and a version that every change changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Holds
from chalicelib.storage.engine import DeleteItem, Write, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict
from chalicelib.storage.items import ConfigItem, VersionItem
from chalicelib.storage.queries import Query
from chalicelib.storage.rowids import new_rowid


@dataclass
class Stored:
    """All definitions and the settings as they were saved, and their version ("" before anything was)."""

    definitions: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    version: str = ""


def load_all() -> Stored:
    """What is saved, by one query."""
    stored = Stored()
    for page in get_engine().query(Query(keys.CONFIG, consistent=True)):
        for item in page:
            if item["sk"]["S"].startswith(keys.COLLECTION_PREFIX):
                stored.definitions.append(ConfigItem.from_attributes(item).value)
            elif item["sk"]["S"] == keys.SETTINGS_SORT:
                stored.settings = ConfigItem.from_attributes(item).value
            elif item["sk"]["S"] == keys.VERSION_SORT:
                stored.version = VersionItem.from_attributes(item).version
    return stored


def read_version() -> str:
    """The version of what is saved; "" before anything was."""
    found = get_engine().get(keys.VERSION_KEY)
    return VersionItem.from_attributes(found).version if found else ""


def save_collections(
    put: Sequence[Mapping[str, Any]],
    remove: Sequence[str],
    expected_version: str,
    beside: Sequence[Write] = (),
) -> str:
    """Save and remove definitions (by id), and what is `beside`, in one transaction; the new version.

    Raises Conflict when the version is not the expected one: somebody else changed a collection meanwhile.
    """
    writes: list[Write] = [_save(definition) for definition in put]
    writes += [DeleteItem((keys.CONFIG, keys.collection_sort(each))) for each in remove]
    writes += beside
    version = new_rowid()
    expected = Holds("version", expected_version) if expected_version else Absent()
    item = VersionItem(*keys.VERSION_KEY, version=version)
    writes.append(WriteItem(item.to_attributes(), expected))
    try:
        get_engine().write_all(writes)
    except ConditionFailed as failed:
        raise Conflict("collections") from failed
    return version


def settings_write(settings: Mapping[str, Any]) -> Write:
    """The write that saves the settings: for what is `beside`."""
    return WriteItem(ConfigItem(keys.CONFIG, keys.SETTINGS_SORT).keep(dict(settings)).to_attributes())


def _save(definition: Mapping[str, Any]) -> WriteItem:
    item = ConfigItem(keys.CONFIG, keys.collection_sort(definition["id"])).keep(dict(definition))
    return WriteItem(item.to_attributes())
