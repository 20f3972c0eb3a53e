"""``@request.*`` and ``@collection.*`` to operands."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.filters.bound import NEVER, Column, Condition, Constant, Element, Extract, Operand, Truth
from chalicelib.filters.failures import FilterError, NameUnknown
from chalicelib.filters.joins import Caller, Every, Given, Listed
from chalicelib.filters.resolve import (
    HOLDING_JSON,
    HOLDING_MANY,
    Place,
    Props,
    place_in_list,
    resolve_path,
    split_modifier,
)
from chalicelib.filters.scope import Scope
from chalicelib.filters.sql_text import column_text, like_text, to_lower, to_number, to_sql
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.relation import RelationField

_COLLECTION = re.compile(r"\w+(:\w+)?", re.ASCII)
NULL = Constant(None, is_word=True)
TRUE = Constant(1, is_word=True, is_truth=True)
FALSE = Constant(0, is_word=True, is_truth=True)
MISSING = object()


def resolve_request(props: Props, scope: Scope) -> Operand:
    """``@request.<part>...`` without the first step."""
    part, *rest = props
    if part not in PARTS or bool(rest) != (part in NESTED):
        raise FilterError(f'failed to resolve field "{".".join(("@request", *props))}"')
    return PARTS[part](rest, scope)


def resolve_collection(props: Props, scope: Scope) -> Operand:
    """``@collection.<name>[:alias].<path>`` without the first step."""
    path = ".".join(("@collection", *props))
    if len(props) < 2 or not _COLLECTION.fullmatch(props[0]):
        raise FilterError(f'failed to resolve field "{path}"')
    name, _, alias = props[0].partition(":")
    collection = scope.catalog.find(name)
    if collection is None:
        raise FilterError(f'failed to load collection "{name}" from field path "{path}"')
    return resolve_path(props[1:], Place(Every(collection.id, alias, scope.guarded), collection), scope)


def _resolve_auth(props: Props, scope: Scope) -> Operand:
    auth = scope.request.auth
    if auth is None:
        return NULL
    known = {"collectionId": auth.collection.id, "collectionName": auth.collection.name}
    if len(props) == 1 and props[0] in known:
        return Constant(known[props[0]])
    if len(props) == 1 and props[0] in ("id", "email", "verified", "emailVisibility"):
        return _constant(auth.get(props[0]))
    return _follow(props, Place(Caller(auth, scope.guarded), auth.collection), scope)


def _follow(props: Props, place: Place, scope: Scope) -> Operand:
    """What a request's record has at the end of a path; null for what another collection's may have."""
    try:
        return resolve_path(props, place, scope)
    except NameUnknown:
        return NULL


def _resolve_body(props: Props, scope: Scope) -> Operand:
    name, modifier = split_modifier(props[0])
    field = scope.collection.field_by_name.get(name)
    if len(props) == 1 and modifier in ("each", "length", "changed"):
        return _resolve_body_modifier(name, modifier, scope)
    if len(props) > 1 and isinstance(field, RelationField):
        return _resolve_body_relation(field, props[1:], scope)
    if field is not None and props == [f"{name}:lower"] and name not in scope.request.body:
        return Constant("")
    return _resolve_static(_normal_body(scope), props, scope)


def _resolve_body_modifier(name: str, modifier: str, scope: Scope) -> Operand:
    field = scope.collection.field_by_name.get(name)
    if field is None:
        raise FilterError(f"invalid modifier sequence {name}:{modifier}")
    if modifier == "changed":
        return _changed(field, scope)
    if field.type not in HOLDING_MANY:
        raise FilterError(f'field "{name}" doesn\'t support multivalue operations')
    items = _items(_normal_body(scope).get(name, MISSING))
    if modifier == "length":
        return Constant(float(len(items)))
    return Element(Given(tuple(to_sql(item) for item in items), field.is_multiple))


def _changed(field: Field, scope: Scope) -> Operand:
    """Whether the body has the field, and another value in it than the record."""
    body = _normal_body(scope)
    if field.name not in body:
        return Truth(NEVER)
    column = Extract(scope.root, field, ()) if field.type == "json" else Column(scope.root, field)
    return Truth(Condition(_field_constant(body[field.name], field), "!=", column))


def _resolve_body_relation(field: RelationField, props: Props, scope: Scope) -> Operand:
    ids = tuple(str(item) for item in _items(_normal_body(scope).get(field.name)) if item)
    target = scope.catalog.find(field.collection_id)
    if target is None:
        raise FilterError(f'failed to load field "{field.name}" collection')
    place = Place(Listed(target.id, ids, field.is_multiple), target)
    return _follow(props, place, scope) if ids else NULL


def _resolve_query(props: Props, scope: Scope) -> Operand:
    return _resolve_static(scope.request.query, props, scope)


def _resolve_headers(props: Props, scope: Scope) -> Operand:
    return _resolve_static(scope.request.headers, props, scope)


def _resolve_static(values: Mapping[str, Any], props: Props, scope: Scope) -> Operand:
    name, modifier = split_modifier(props[-1])
    if modifier not in ("", "isset", "lower"):
        raise FilterError(f"invalid modifier sequence {props[-1]}")
    value = _dig(values, [*props[:-1], name])
    if modifier == "isset":
        return FALSE if value is MISSING else TRUE
    if value is MISSING or value is None:
        return NULL
    field = scope.collection.field_by_name.get(name)
    is_plain = field is None or field.type == "json" or len(props) > 1
    if modifier == "lower" and not is_plain and isinstance(value, Mapping | list | tuple):
        return Constant("")  # uploads, and lists of options: no text
    known = _field_constant(value, field) if field and len(props) == 1 else _constant(value, field)
    return Constant(to_lower(like_text(known.value))) if modifier == "lower" else known


def _normal_body(scope: Scope) -> dict[str, Any]:
    """The body, its fields' values as they would be stored."""
    fields = scope.collection.field_by_name
    return {
        name: value if name not in fields or _is_upload(value) else fields[name].accept(value)
        for name, value in scope.request.body.items()
    }


def _is_upload(value: Any) -> bool:
    """Whether a file is described here, or several are: no file's name yet."""
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(_is_upload, value)))


def _dig(value: Any, props: Props) -> Any:
    for prop in props:
        if isinstance(value, Mapping) and prop in value:
            value = value[prop]
        elif isinstance(value, list) and prop.isdecimal() and place_in_list(prop) < len(value):
            value = value[place_in_list(prop)]
        else:
            return MISSING
    return value


def _items(value: Any) -> list[Any]:
    if value is MISSING:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _field_constant(value: Any, field: Field) -> Constant:
    """A submitted value of a field; what is stored as JSON is its JSON text, also when that is plain."""
    is_named = field.type in HOLDING_JSON and not _is_upload(value)
    return Constant(column_text(value, field)) if is_named else _constant(value, field)


def _constant(value: Any, field: Field | None = None) -> Constant:
    """A known value; numbers are reals, as in a request's JSON, a number field's text too."""
    if isinstance(value, bool):
        return Constant(value)
    known = to_number(value) if field and field.type == "number" and isinstance(value, str) else to_sql(value)
    return Constant(float(known) if isinstance(known, int) else known)


PARTS: dict[str, Callable[[Props, Scope], Operand]] = {
    "context": lambda _, scope: Constant(scope.request.context),
    "method": lambda _, scope: Constant(scope.request.method),
    "query": _resolve_query,
    "headers": _resolve_headers,
    "body": _resolve_body,
    "auth": _resolve_auth,
}
NESTED = frozenset({"query", "headers", "body", "auth"})
