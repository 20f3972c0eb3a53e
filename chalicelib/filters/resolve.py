"""Names of fields, and paths through relations, to operands."""

import re
from dataclasses import replace
from typing import TypeAlias

from chalicelib.filters.bound import Column, Element, Extract, Length, Lower, Operand
from chalicelib.filters.failures import FilterError, NameUnknown
from chalicelib.filters.joins import NEW_ROOT, Elements, Join, Referring, Related
from chalicelib.filters.scope import Scope
from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.relation import RelationField

MAX_RELATIONS = 6
MODIFIERS = frozenset({"isset", "changed", "each", "length", "lower"})
BEYOND = 10**18  # no list is that long
HOLDING_MANY = frozenset({"select", "relation", "file"})
HOLDING_JSON = frozenset({"json", "geoPoint"})
_BACK_RELATION = re.compile(r"(?=\w++\Z)(\w+)_via_(\w+)")

Props: TypeAlias = list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a collection, on the way along a path."""

    join: Join
    collection: Collection


def resolve_path(props: Props, place: Place, scope: Scope) -> Operand:
    """The operand at the end of a path that starts at a row."""
    for steps in range(len(props)):
        if len(props) == 1:
            break
        if steps >= MAX_RELATIONS:
            raise FilterError(f'max nested relations reached for field "{props[0]}"')
        field = place.collection.field_by_name.get(props[0])
        if field is not None and field.type in HOLDING_JSON:
            return Extract(place.join, _permitted(field, scope), json_path(props[1:]))
        if isinstance(field, RelationField) and not field.is_multiple and props[1:] == ["id"]:
            return Column(place.join, _permitted(field, scope))
        place = _next_place(props[0], place, scope)
        props = props[1:]
    return _last_operand(props[0], place, scope)


def split_modifier(prop: str) -> tuple[str, str]:
    """``tags:each`` is ``tags`` and ``each``."""
    name, *modifiers = prop.split(":")
    if len(modifiers) != 1:
        return prop, ""
    if modifiers[0] not in MODIFIERS:
        raise FilterError(f'unknown modifier in "{prop}"')
    return name, modifiers[0]


def json_path(props: Props) -> tuple[str | int, ...]:
    """Steps into a JSON value: names of keys, places in lists."""
    return tuple(place_in_list(prop) if prop.isdecimal() else prop.replace(":", "") for prop in props)


def place_in_list(digits: str) -> int:
    """The number that digits are, or one that no list is long enough for: there may be thousands of them."""
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) < len(str(BEYOND)) else BEYOND


def find_back_relation(
    prop: str, collection: Collection, scope: Scope
) -> tuple[Collection, RelationField] | None:
    """What ``comments_via_post`` means in a collection; None when it is not such a name."""
    found = _BACK_RELATION.fullmatch(prop)
    if found is None:
        return None
    referring = scope.catalog.find(found.group(1))
    if referring is None:
        raise NameUnknown(f'failed to load back relation field "{prop}" collection')
    field = referring.field_by_name.get(found.group(2))
    if field is None:
        raise NameUnknown(f'missing back relation field "{found.group(2)}"')
    if not isinstance(field, RelationField):
        raise NameUnknown(f'invalid back relation field "{field.name}"')
    if field.collection_id != collection.id:
        raise NameUnknown(f'invalid collection reference of a back relation field "{field.name}"')
    return referring, field


def has_unique_index(collection: Collection, name: str) -> bool:
    """Whether a field alone can tell records apart."""
    return any(index.column_names == (name,) for index in collection.ready_indexes)


def _next_place(prop: str, place: Place, scope: Scope) -> Place:
    field = place.collection.field_by_name.get(prop)
    if field is None:
        return _referring_place(prop, place, scope)
    _permitted(field, scope)
    if not isinstance(field, RelationField):
        raise FilterError(f'field "{prop}" is not a valid relation')
    target = scope.catalog.find(field.collection_id)
    if target is None:
        raise FilterError(f'failed to load field "{prop}" collection')
    tag = _tag(place, scope)
    if field.is_multiple:
        return Place(Related(Elements(place.join, prop, True, tag), "", target.id, tag), target)
    return Place(Related(place.join, prop, target.id, tag), target)


def _referring_place(prop: str, place: Place, scope: Scope) -> Place:
    found = find_back_relation(prop, place.collection, scope)
    if found is None:
        raise NameUnknown(f'failed to resolve field "{prop}"')
    if place.join == NEW_ROOT:
        raise FilterError(f'"{prop}" cannot be known before the record exists')
    referring, field = found
    _permitted(field, scope)
    many = field.is_multiple or not has_unique_index(referring, field.name)
    return Place(Referring(place.join, referring.id, field.name, many, _tag(place, scope)), referring)


def _tag(place: Place, scope: Scope) -> str:
    """Joins made directly from a tagged scope's root are its own; what stands on them differs by that."""
    return scope.tag if place.join == scope.root else ""


def _last_operand(prop: str, place: Place, scope: Scope) -> Operand:
    name, modifier = split_modifier(prop)
    field = place.collection.field_by_name.get(name)
    if field is None:
        raise NameUnknown(f'unknown field "{name}"')
    _permitted(field, scope)
    if field.type in HOLDING_MANY and modifier == "length":
        return Length(place.join, field)
    if field.type in HOLDING_MANY and modifier == "each":
        return Element(Elements(place.join, name, field.is_multiple, _tag(place, scope)))
    operand = Extract(place.join, field, ()) if field.type == "json" else Column(place.join, field)
    return Lower(operand) if modifier == "lower" else operand


def _permitted(field: Field, scope: Scope) -> Field:
    if field.hidden and scope.is_restricted:
        raise FilterError(f'non-filterable field "{field.name}"')
    return field


def under(scope: Scope, root: Join, collection: Collection, tag: str) -> Scope:
    """The scope of a rule of another collection, asked of a row that a path has reached."""
    return replace(scope, root=root, collection=collection, tag=tag, is_client=False)
