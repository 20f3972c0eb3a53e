"""A collection's definition."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any, Self

from chalicelib.frozen import dataclass
from chalicelib.schema.auth_options import AuthOptions, default_auth_options
from chalicelib.schema.building import Built, Refused, is_building, names_of, show_own, unfinished_among
from chalicelib.schema.columns import Former, column_name, leave_columns
from chalicelib.schema.default_fields import default_fields
from chalicelib.schema.field_list import complete_fields, read_fields
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.date import DateField
from chalicelib.schema.indexes import Index, read_indexes
from chalicelib.schema.shapes import read_flag, read_rule, read_text
from chalicelib.schema.slots import Edges, Shards, Slot, read_shards
from chalicelib.schema.stored import read_attributes, write_unshown

# JSON names and attributes, in PocketBase's order.
RULES: Mapping[str, str] = {
    "listRule": "list_rule",
    "viewRule": "view_rule",
    "createRule": "create_rule",
    "updateRule": "update_rule",
    "deleteRule": "delete_rule",
}
READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(RULES, read_rule),
    "id": read_text,
    "name": read_text,
    "system": read_flag,
    "created": lambda raw: DateField().accept(read_text(raw)),
}


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A table of records: its fields, rules and indexes.

    A rule is None (superusers only), "" (anyone) or an expression of the filter language.
    `columns` maps a field's id to the short name its values are stored under; a name is never given
    twice, so renaming or deleting a field touches no record and a re-added field starts empty. `former` has
    those of fields that have become single or multiple since.
    `space` names the collection in the keys of its records; unlike the id it is never used again.
    `refused` has the unique indexes that were taken out since it was last changed.
    A view has a query instead of records: `sources` are the collections that it reads, ids by the names that
    it knows them by, and `view_failure` is why it cannot be saved.
    """

    id: str = ""
    name: str = ""
    type: str = "base"
    system: bool = False
    fields: tuple[Field, ...] = ()
    indexes: tuple[Index, ...] = ()
    list_rule: str | None = None
    view_rule: str | None = None
    create_rule: str | None = None
    update_rule: str | None = None
    delete_rule: str | None = None
    created: str = ""
    updated: str = ""
    auth: AuthOptions | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    former: Former = field(default_factory=dict)
    next_column: int = 0
    space: str = ""
    slots: tuple[Slot, ...] = ()
    edges: tuple[Edges, ...] = ()
    shards: Shards = field(default_factory=Shards)
    refused: tuple[Refused, ...] = ()
    view_query: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    view_failure: str = ""

    @cached_property
    def field_by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def field_by_id(self) -> Mapping[str, Field]:
        """The fields by their ids."""
        return {field.id: field for field in self.fields}

    @cached_property
    def unique_indexes(self) -> tuple[Index, ...]:
        """The indexes that forbid equal keys."""
        return tuple(index for index in self.indexes if index.unique)

    @cached_property
    def ready_indexes(self) -> tuple[Index, ...]:
        """The unique indexes that know all records: those that may be looked up."""
        return tuple(index for index in self.unique_indexes if index.is_ready)

    @cached_property
    def ready_slots(self) -> tuple[Slot, ...]:
        """The slots that all records are in: those that may be read through."""
        return tuple(slot for slot in self.slots if slot.is_ready)

    @cached_property
    def ready_edges(self) -> tuple[Field, ...]:
        """The multi-valued fields that may be looked up by a value."""
        return tuple(self.field_by_id[each.field_id] for each in self.edges if each.is_ready)

    @cached_property
    def building(self) -> tuple[Built, ...]:
        """What stored records are still being brought under."""
        return tuple(each for each in self.unfinished if is_building(each))

    @cached_property
    def unfinished(self) -> tuple[Built, ...]:
        """What they have to be brought under, once more if it is in use already."""
        return unfinished_among((*self.slots, *self.unique_indexes, *self.edges))

    @cached_property
    def known_columns(self) -> frozenset[str]:
        """The columns that values are read from."""
        former = (name for names in self.former.values() for name, _ in names)
        return frozenset([*self.columns.values(), *former])

    @property
    def is_auth(self) -> bool:
        """Whether its records can sign in."""
        return self.type == "auth"

    @property
    def rules(self) -> Mapping[str, str | None]:
        """The five rules by their JSON names."""
        return {name: getattr(self, attribute) for name, attribute in RULES.items()}

    @property
    def all_rules(self) -> Mapping[str, str | None]:
        """The rules, those about signing in included, by their JSON names."""
        auth = self.auth
        about_auth = {"authRule": auth.auth_rule, "manageRule": auth.manage_rule} if auth else {}
        return {**self.rules, **about_auth}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A client's new collection: its type's defaults, changed by what `data` names. Raises WrongShape."""
        kind = read_text(data.get("type")) or "base"
        auth = default_auth_options() if kind == "auth" else None
        return cls(type=kind, fields=default_fields(kind), auth=auth).merged_with(data).with_columns()

    def merged_with(self, data: Mapping[str, Any]) -> Self:
        """This definition with what `data` names replaced; options of options merged. Raises WrongShape."""
        changes: dict[str, Any] = {
            RULES.get(name, name): read(data[name]) for name, read in READERS.items() if name in data
        }
        changes |= {"type": read_text(data.get("type")) or self.type, "refused": ()}
        fields = read_fields(data["fields"]) if "fields" in data else self.fields
        is_view = changes["type"] == "view"
        changes["fields"] = self.fields if is_view else complete_fields(fields, changes["type"])
        changes["columns"], changes["former"] = leave_columns(
            self.fields, changes["fields"], self.columns, self.former
        )
        indexes = data["indexes"] if "indexes" in data else [index.text for index in self.indexes]
        changes["indexes"] = read_indexes(indexes, [field.name for field in changes["fields"]])
        if "quoll" in data:
            changes["shards"] = self.shards.changed_to(read_shards(data["quoll"], self.shards.now))
        if is_view and "viewQuery" in data:
            changes["view_query"] = read_text(data["viewQuery"])
        if changes["type"] == "auth":
            changes["auth"] = (self.auth or AuthOptions()).merged_with(data)
        return replace(self, **changes)

    def with_columns(self) -> Self:
        """The same with a column for every field that has none, and none for fields that are gone."""
        missing = [field.id for field in self.fields if field.id not in self.columns]
        added = {key: column_name(self.next_column + position) for position, key in enumerate(missing)}
        kept = {field.id: self.columns[field.id] for field in self.fields if field.id in self.columns}
        former = {field.id: self.former[field.id] for field in self.fields if field.id in self.former}
        next_column = self.next_column + len(missing)
        return replace(self, columns=kept | added, former=former, next_column=next_column)

    def to_json(self) -> dict[str, Any]:
        """The definition as superusers see it: no secrets. `quoll` holds what PocketBase does not have."""
        own = show_own(names_of(self.building, self.field_by_id), self.refused, self.shards)
        return self._show(self.auth.to_json() if self.auth else {}) | own

    def to_stored(self) -> dict[str, Any]:
        """Everything, secrets included, for storage."""
        return self._show(self.auth.to_stored() if self.auth else {}) | write_unshown(self)

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """The collection that `to_stored` wrote."""
        rules = {attribute: data[name] for name, attribute in RULES.items()}
        auth = AuthOptions().merged_with(data) if data["type"] == "auth" else None
        return cls(**read_attributes(data), **rules, auth=auth)

    def _show(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": self.id,
            **self.rules,
            "name": self.name,
            "type": self.type,
            "fields": [field.to_json() for field in self.fields],
            "indexes": [index.text for index in self.indexes],
            "created": self.created,
            "updated": self.updated,
            "system": self.system,
            **({"viewQuery": self.view_query} if self.type == "view" else {}),
            **options,
        }
