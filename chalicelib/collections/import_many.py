"""Importing collections: many definitions, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from chalicelib import clock
from chalicelib.collections.build import IndexRefused, build_at_once
from chalicelib.collections.check import check_indexes_alone, check_saving
from chalicelib.collections.duplicates import find_refusals
from chalicelib.collections.import_failures import (
    not_made,
    not_valid,
    raw_failure,
    taken_twice,
)
from chalicelib.collections.load import get_newest
from chalicelib.collections.purge import deletion_task, purge_at_once
from chalicelib.collections.reading import open_body
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.view_definitions import derive_all, views_after
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.frozen import dataclass
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.field_list import read_fields
from chalicelib.schema.problems import REQUIRED, Problems, problems_to_json
from chalicelib.schema.shapes import WrongShape, read_flag
from chalicelib.schema.validate import find_name_failure

# A collection as it is to be, and the one it replaces.
Pair: TypeAlias = tuple[Collection, Collection | None]

UNREADABLE = "An error occurred while loading the submitted data."


@dataclass(frozen=True)
class Import:
    """What a client wants imported. `delete_missing`: whatever is not named goes, but for system things."""

    definitions: tuple[Mapping[str, Any], ...]
    delete_missing: bool = False


def import_collections(body: Mapping[str, Any]) -> None:
    """Make and change the collections that a body lists. Raises BadRequest, ValidationFailed."""
    wanted = _read_import(open_body(body, UNREADABLE))
    if not wanted.definitions:
        raise ValidationFailed(data=problems_to_json({"collections": REQUIRED}))
    change = save_change(lambda catalog: _decide(wanted, catalog))
    purge_at_once(change.tasks)
    try:
        build_at_once(change)
    except IndexRefused as refused:
        raise not_made(refused.problems) from refused


def plan_import(body: Mapping[str, Any]) -> tuple[Change, dict[str, Problems]]:
    """What an import would write and remove, and what is wrong with which collection. Nothing is done.

    Raises BadRequest, ValidationFailed for definitions that cannot even be read.
    """
    catalog = get_newest().catalog
    pairs, change = _merge_all(_read_import(open_body(body, UNREADABLE)), catalog)
    after = change.applied_to(catalog)
    _refuse_repeated(change.put, after)
    found = {new.name: _find_problems(new, old, after) for new, old in pairs}
    return change, {name: problems for name, problems in found.items() if problems}


def _find_problems(new: Collection, old: Collection | None, after: Catalog) -> Problems:
    indexes = check_indexes_alone(new, old, after) or (find_refusals(new, old) if old else {})
    return {**check_saving(new, old, after, is_import=True), **({"indexes": indexes} if indexes else {})}


def _read_import(body: Mapping[str, Any]) -> Import:
    listed = body.get("collections") or []
    try:
        delete_missing = read_flag(body.get("deleteMissing"))
    except WrongShape as error:
        raise BadRequest(UNREADABLE) from error
    if not isinstance(listed, list) or not all(isinstance(each, Mapping | None) for each in listed):
        raise BadRequest(UNREADABLE)
    return Import(tuple(each or {} for each in listed), delete_missing)


def _decide(wanted: Import, catalog: Catalog) -> Change:
    pairs, change = _merge_all(wanted, catalog)
    after = change.applied_to(catalog)
    _refuse_repeated(change.put, after)
    _refuse_invalid(pairs, after)
    _refuse_equal_values(pairs)
    return change


def _merge_all(wanted: Import, catalog: Catalog) -> tuple[list[Pair], Change]:
    """The collections that the definitions make with those they replace, and what is to be written."""
    pairs = [_merge(definition, wanted, catalog) for definition in wanted.definitions]
    given = tuple(new for new, _ in pairs)
    put = tuple(derive_all(given, Change(given).applied_to(catalog)))
    pairs = [(new, old) for new, (_, old) in zip(put, pairs, strict=True)]
    named = {new.id for new in put}
    missing = tuple(each for each in catalog if not each.system and each.id not in named)
    gone = missing if wanted.delete_missing else ()
    change = Change(put, gone, (deletion_task(gone, catalog),) if gone else ())
    seen = _views_after(pairs, change.applied_to(catalog))
    return pairs, replace(change, put=(*put, *(each for each in seen if each.id not in named)))


def _views_after(pairs: Sequence[Pair], after: Catalog) -> list[Collection]:
    """The views that look different once the collections have changed."""
    try:
        found = [view for new, old in pairs if old for view in views_after(new, old, after)]
    except BadRequest as broken:
        raise raw_failure(broken.message.rpartition("\n")[2].removesuffix(".")) from broken
    return list({view.id: view for view in found}.values())


def _refuse_equal_values(pairs: Sequence[Pair]) -> None:
    for new, old in pairs:
        if old and (problems := find_refusals(new, old)):
            raise not_made(problems)


def _refuse_invalid(pairs: Sequence[Pair], after: Catalog) -> None:
    for new, old in pairs:
        if problems := check_indexes_alone(new, old, after):
            raise not_made(problems)
    for new, old in pairs:
        if failure := new.view_failure or find_name_failure(new, old, after):
            raise raw_failure(f'failed to save collection "{new.name}": {failure}')
    for new, old in pairs:
        if problems := check_saving(new, old, after, is_import=True):
            raise not_valid(new, problems)


def _merge(definition: Mapping[str, Any], wanted: Import, catalog: Catalog) -> Pair:
    """The collection that a definition makes, and the one it replaces."""
    now = clock.to_text(clock.now())
    try:
        old = _find_named(definition, catalog)
        if old is None:
            new = complete(Collection.from_json(definition), taken={each.id for each in catalog})
            return replace(new, created=now, updated=now), None
        return replace(complete(old.merged_with(_keeping(definition, old, wanted)), old), updated=now), old
    except WrongShape as error:
        raise raw_failure(str(error)) from error


def _find_named(definition: Mapping[str, Any], catalog: Catalog) -> Collection | None:
    given_id, name = definition.get("id"), definition.get("name")
    if given_id:
        return catalog.find_by_id(given_id) if isinstance(given_id, str) else None
    return catalog.find(name) if isinstance(name, str) else None


def _keeping(definition: Mapping[str, Any], old: Collection, wanted: Import) -> Mapping[str, Any]:
    """A definition that names fields, completed with the former ones which it may not or need not delete."""
    if "fields" not in definition:
        return definition
    named = {field.id for field in read_fields(definition["fields"])}
    kept = (
        field for field in old.fields if field.id not in named and (field.system or not wanted.delete_missing)
    )
    return {**definition, "fields": [*(definition["fields"] or ()), *(field.to_json() for field in kept)]}


def _refuse_repeated(put: Sequence[Collection], after: Catalog) -> None:
    seen: list[Collection] = []
    for new in put:
        others = [*seen, *(each for each in after if each.id != new.id)]
        if any(other.name.lower() == new.name.lower() for other in others):
            raise taken_twice(new, "name")
        if any(other.id == new.id for other in seen):
            raise taken_twice(new, "id")
        seen.append(new)
