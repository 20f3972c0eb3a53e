"""A collection as it is kept in the table: what its JSON does not show, and all of it again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.schema.building import Refused
from chalicelib.schema.columns import read_former
from chalicelib.schema.fields import FIELD_TYPES, Field
from chalicelib.schema.indexes import Index, ready_index
from chalicelib.schema.slots import Edges, Shards, slots_from_stored, slots_to_stored

if TYPE_CHECKING:
    from chalicelib.schema.collection import Collection

KEPT_AS_SHOWN = ("id", "name", "type", "system", "created", "updated", "columns", "space")


def write_unshown(collection: "Collection") -> dict[str, Any]:
    """What a stored definition holds beside its JSON."""
    return {
        "columns": dict(collection.columns),
        "former": dict(collection.former),
        "nextColumn": collection.next_column,
        "space": collection.space,
        "slots": [index.slot for index in collection.indexes],
        "claiming": [index.slot for index in collection.unique_indexes if not index.is_ready],
        "filling": [index.slot for index in collection.unique_indexes if not index.holds],
        "access": slots_to_stored(collection.slots),
        "edges": [[each.field_id, each.tag, each.state] for each in collection.edges],
        "shards": [collection.shards.now, collection.shards.most],
        "refused": [[each.index, each.reason] for each in collection.refused],
        **({"sources": dict(collection.sources)} if collection.type == "view" else {}),
    }


def read_attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a stored collection, but for its rules and for how its records sign in."""
    fields = tuple(FIELD_TYPES[field["type"]].from_json(field) for field in data["fields"])
    indexes = _read_indexes(data, fields)
    return {
        **{name: data[name] for name in KEPT_AS_SHOWN},
        "former": read_former(data.get("former", {})),
        "next_column": data["nextColumn"],
        "fields": fields,
        "indexes": indexes,
        "slots": slots_from_stored(data.get("access", ()), indexes, fields),
        "edges": tuple(Edges(*each) for each in data.get("edges", ())),
        "shards": Shards(*data.get("shards", ())),
        "refused": tuple(Refused(*each) for each in data.get("refused", ())),
        "view_query": data.get("viewQuery", ""),
        "sources": data.get("sources", {}),
    }


def _read_indexes(data: Mapping[str, Any], fields: tuple[Field, ...]) -> tuple[Index, ...]:
    names = tuple(field.name for field in fields)
    claiming, filling = data.get("claiming", ()), data.get("filling", ())
    return tuple(
        replace(ready_index(text, names), slot=slot, is_ready=slot not in claiming, holds=slot not in filling)
        for text, slot in zip(data["indexes"], data["slots"], strict=True)
    )
