"""From a request's body to the values of a record.

Three steps, so that a create rule can be asked in between: what was submitted over what is there
(`read_values`), what fields set by themselves (`fill_new`, `fill_changed`), and then records/check.py.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.request import Upload
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.record import Record

Values = dict[str, Any]


def read_values(
    collection: Collection, body: Mapping[str, Any], current: Record | None, *, superuser: bool
) -> Values:
    """The values of all fields in normal form, after the body's keys (`n`, `n+`, `+tags`, `tags-`).

    Left out are unknown keys, fields that set themselves, and hidden fields unless a superuser asks.
    """
    values = {field.name: current.get(field.name) if current else field.empty for field in collection.fields}
    fields = (field for field in collection.fields if field.settable and (superuser or not field.hidden))
    for field, modifier, raw in _changes(fields, body):
        given = _with_new_files(raw) if isinstance(field, FileField) else raw
        values[field.name] = (
            field.modify(modifier, values[field.name], given) if modifier else field.accept(given)
        )
    return values


def body_for_rules(
    collection: Collection, body: Mapping[str, Any], values: Mapping[str, Any], *, superuser: bool
) -> Values:
    """The body as rules see it: what `read_values` made of it must not slip past them under another key.

    Modifier keys become the field's new value under its name. Hidden fields of non-superusers are left out as
    they are not set; the password of an auth collection is, so it stays.
    """
    seen = {key: value for key, value in body.items() if not _has_upload(value)}
    for field in collection.fields:
        if isinstance(field, FileField) and field.name in body:
            seen[field.name] = _described(body[field.name])
        modifiers = [key for key in field.modifier_keys() if key in body]
        if modifiers:
            seen[field.name] = values[field.name]
        for key in modifiers:
            seen.pop(key, None)
        if field.hidden and not superuser and not (collection.is_auth and field.name == "password"):
            seen.pop(field.name, None)
    return seen


def fill_new(collection: Collection, values: Mapping[str, Any], now: str) -> Values:
    """The values of a new record with generated ids and texts, and dates of creation."""
    return {field.name: field.on_create(values[field.name], now) for field in collection.fields}


def fill_changed(collection: Collection, values: Mapping[str, Any], now: str) -> Values:
    """The values of a changed record with dates of change."""
    return {field.name: field.on_update(values[field.name], now) for field in collection.fields}


def _changes(fields: Iterator[Field], body: Mapping[str, Any]) -> Iterator[tuple[Field, str, Any]]:
    """Field, modifier ("" for a plain value) and operand: shorter keys first, else as submitted."""
    known = {
        key: (field, modifier)
        for field in fields
        for key, modifier in {field.name: "", **field.modifier_keys()}.items()
    }
    for key in sorted(filter(known.__contains__, body), key=len):
        yield *known[key], body[key]


def _with_new_files(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_with_new_files(item) for item in raw]
    return raw.to_new_file() if isinstance(raw, Upload) else raw


def _has_upload(raw: Any) -> bool:
    return isinstance(raw, Upload) or (isinstance(raw, list) and any(map(_has_upload, raw)))


def _described(raw: Any) -> Any:
    """Uploads as rules see them."""
    if isinstance(raw, list):
        return [_described(item) for item in raw]
    if not isinstance(raw, Upload):
        return raw
    return {"name": raw.stored_name, "originalName": raw.name, "size": raw.size}
