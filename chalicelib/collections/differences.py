"""What a changed definition changes, in words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from chalicelib.collections.exported import export_collection
from chalicelib.schema.collection import RULES, Collection
from chalicelib.schema.indexes import Index

Json = Mapping[str, Any]

ALL_RULES = (*RULES, "authRule", "manageRule")
# Told in a way of their own, or no change.
TOLD_APART = {*ALL_RULES, "id", "fields", "indexes"}
WHO = {None: "superusers only", "": "anyone"}
LONGEST = 120
HIDDEN = "***"
SECRET_NAMES = (".secret", ".clientSecret")


def describe_new(collection: Collection) -> list[str]:
    """A collection that is made."""
    names = ", ".join(field.name for field in collection.fields)
    lines = [f"{collection.name}: added ({collection.type}), with the fields {names}"]
    return lines + [f"  index {index.name}: added" for index in collection.indexes]


def describe_gone(collection: Collection) -> list[str]:
    """A collection that is deleted."""
    return [f"{collection.name}: deleted, with all its records"]


def describe_changed(old: Collection, new: Collection) -> list[str]:
    """A collection that is changed; nothing when it stays the same."""
    before, after = export_collection(old), export_collection(new)
    parts = (
        _fields(before["fields"], after["fields"]),
        _indexes(old.indexes, new.indexes),
        _rules(before, after),
        _options(before, after),
        _secrets(old, new),
    )
    lines = [f"  {line}" for line in chain(*parts)]
    return [f"{old.name}: changed", *lines] if lines else []


def _fields(before: Sequence[Json], after: Sequence[Json]) -> Iterator[str]:
    old, new = ({each["id"]: each for each in fields} for fields in (before, after))
    for key, field in new.items():
        if key not in old:
            yield f"field {field['name']} ({field['type']}): added"
        elif changed := list(_changes(old[key], field)):
            yield f"field {old[key]['name']}: {'; '.join(changed)}"
    for key, field in old.items():
        if key not in new:
            yield f"field {field['name']} ({field['type']}): removed, with its values"
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield f"order of fields: {', '.join(field['name'] for field in after)}"


def _indexes(before: Sequence[Index], after: Sequence[Index]) -> Iterator[str]:
    old, new = ({each.name: each.text for each in indexes} for indexes in (before, after))
    for name, text in new.items():
        if name not in old:
            yield f"index {name}: added: {text}"
        elif old[name] != text:
            yield f"index {name}: now {text}"
    yield from (f"index {name}: removed" for name in old if name not in new)


def _rules(before: Json, after: Json) -> Iterator[str]:
    for name in ALL_RULES:
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{name}: {WHO.get(old, old)} -> {WHO.get(new, new)}"


def _options(before: Json, after: Json) -> Iterator[str]:
    old, new = ({name: data[name] for name in data if name not in TOLD_APART} for data in (before, after))
    yield from _changes(old, new)


def _secrets(old: Collection, new: Collection) -> Iterator[str]:
    """Which secrets are others than before, without them."""
    before, after = _secrets_of(old), _secrets_of(new)
    for name, secret in after.items():
        if secret != before.get(name):
            yield f"{name} {HIDDEN if before.get(name) else 'none'} -> {HIDDEN}"


def _secrets_of(collection: Collection) -> dict[str, str]:
    options = _flat(collection.auth.to_stored()) if collection.auth else ()
    return {name: value for name, value in options if value and name.endswith(SECRET_NAMES)}


def _changes(before: Json, after: Json) -> Iterator[str]:
    old, new = dict(_flat(before)), dict(_flat(after))
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"{name} {_short(old.get(name))} -> {_short(new.get(name))}"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in an object by its path; lists of things with names as if they were objects."""
    if (
        isinstance(value, list)
        and value
        and all(isinstance(each, Mapping) and "name" in each for each in value)
    ):
        value = {str(each["name"]): each for each in value} or value
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def _short(value: Any) -> str:
    text = "none" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
