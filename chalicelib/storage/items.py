"""The kinds of items: what an item looks like in the table.

They are pynamodb models for their attributes only, and never open a connection: the engine does all the
calls.
"""

import json
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from pynamodb.attributes import Attribute, BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.models import Model

from chalicelib.storage.failures import ItemTooLarge

# DynamoDB's limit of an item.
LARGEST = 400 * 1024
# Data over this many bytes is compressed into `blob`, which no index projects: a large record's index entry
# stays at one write unit.
LARGE = 4096
NOTHING: Mapping[str, str] = MappingProxyType({})


class CompactJson(Attribute[Any]):
    """Any JSON value, as text without spaces."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:
        """Lone surrogates cannot be sent as UTF-8: such text is escaped instead."""
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        return text if _is_unicode(text) else json.dumps(value, separators=(",", ":"))

    def deserialize(self, value: str) -> Any:
        """The value again."""
        return json.loads(value)


class Item(Model):
    """What all items share: their key."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    def to_attributes(self, more: Mapping[str, str] = NOTHING) -> dict[str, Any]:
        """The item as DynamoDB's attribute map, with more texts by attribute. Raises ItemTooLarge."""
        attributes = self.serialize() | {name: {"S": text} for name, text in more.items()}
        if size_of(attributes) > LARGEST:
            raise ItemTooLarge(f"{size_of(attributes)} bytes")
        return attributes

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Self:
        """The item again."""
        return cls.from_raw_data(dict(attributes))


class JsonItem(Item):
    """An item that holds JSON: in `data`, or compressed in `blob` when it is large."""

    data = CompactJson(null=True)
    blob = BinaryAttribute(null=True, legacy_encoding=False)

    def keep(self, value: Any) -> Self:
        """Hold this value."""
        text = CompactJson().serialize(value)
        if len(text) * 4 > LARGE and len(encoded := text.encode()) > LARGE:
            self.data, self.blob = None, zlib.compress(encoded)
        else:
            self.data, self.blob = value, None
        return self

    @property
    def value(self) -> Any:
        """What it holds; None when an index was read that has no large values."""
        return json.loads(zlib.decompress(self.blob)) if self.blob is not None else self.data


class RecordItem(JsonItem):
    """A record. `g1pk`, `g1sk` place it in its collection's insertion order; `rev` counts its writes.

    Its places in the collection's own indexes, `g2pk`, `g2sk` and so on, are added when it is written.
    `stamp` tells a write from another that looks the same. `bond`, which no index has, is what of its owner's
    a one-time password or the like depends on.
    """

    rev = NumberAttribute()
    stamp = UnicodeAttribute(null=True)
    bond = UnicodeAttribute(null=True)
    g1pk = UnicodeAttribute()
    g1sk = UnicodeAttribute()


class UniqueItem(Item):
    """Holds the values of a unique index for one record, `owner`."""

    owner = UnicodeAttribute()


class EdgeItem(Item):
    """One value of a record's multi-valued field. `g1pk`, `g1sk` list it among those of this value."""

    g1pk = UnicodeAttribute()
    g1sk = UnicodeAttribute()


class CounterItem(Item):
    """A part of how many records a collection has. `rev` counts its writes."""

    records = NumberAttribute()
    rev = NumberAttribute()


class HeardItem(Item):
    """Which changes of one moment the counters have heard of, so that none counts twice.

    `changes` are the stream's numbers of them. Kept for longer than the stream could repeat them.
    """

    changes = UnicodeAttribute()
    rev = NumberAttribute()
    ttl = NumberAttribute()


class AttemptsItem(Item):
    """How often something was `seen` in the window that began in the second `since`."""

    seen = NumberAttribute()
    since = NumberAttribute()
    ttl = NumberAttribute()


class LogItem(JsonItem):
    """A line of the requests' log."""

    ttl = NumberAttribute()


class TaskItem(JsonItem):
    """Unfinished work: how far it has come. `rev` counts its writes; `ttl` is when it is worth nothing."""

    rev = NumberAttribute()
    ttl = NumberAttribute(null=True)


class SentItem(Item):
    """When a mail was posted last that is not posted again at once: `at`, in milliseconds since 1970."""

    at = NumberAttribute()
    ttl = NumberAttribute()


class MailItem(Item):
    """A mail that stayed on a stage which sends none, as it would have gone out."""

    mail = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute()


class MigrationItem(JsonItem):
    """A migration that was begun on this stage: how far it has come. `rev` counts its writes."""

    rev = NumberAttribute()


class ConfigItem(JsonItem):
    """A collection's definition or a setting."""


class VersionItem(Item):
    """Changes with each change of the configuration."""

    version = UnicodeAttribute()


def size_of(attributes: Mapping[str, Mapping[str, Any]]) -> int:
    """An item's size as DynamoDB counts it: names and values, in bytes.

    >>> size_of({"pk": {"S": "é"}, "rev": {"N": "12"}, "blob": {"B": b"abc"}})
    16
    """
    values = [value for attribute in attributes.values() for value in attribute.values()]
    counted = (value if isinstance(value, bytes) else str(value).encode() for value in values)
    return sum(len(name.encode()) for name in attributes) + sum(map(len, counted))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
