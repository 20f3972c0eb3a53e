"""Are a collection's fields legal: together, as successors of the former ones, and each by itself?"""

import re
from collections.abc import Callable

from chalicelib.schema.fields import Field
from chalicelib.schema.fields.limits import wrong_length
from chalicelib.schema.fields.relation import RelationField
from chalicelib.schema.fields.text import TextField
from chalicelib.schema.problems import REQUIRED, Problem, Problems
from chalicelib.schema.saving import Saving

WORD = re.compile(r"\w+", re.ASCII)
MAX_LENGTH = 100
FORBIDDEN = frozenset({"null", "true", "false", "_rowid_", "expand", "collectionId", "collectionName"})
RESERVED_IN_AUTH = frozenset({"passwordConfirm", "oldPassword"})

OUT_OF_RANGE = wrong_length(1, MAX_LENGTH)
BAD_FORMAT = Problem("validation_match_invalid", "Must be in a valid format.")
NAME_FORBIDDEN = Problem("validation_not_in_invalid", "Must not be in list.")
NAME_RESERVED = Problem("validation_reserved_field_name", "The field name is reserved and cannot be used.")
HAS_VIA = Problem("validation_found_via", 'The value cannot contain "_via_".')
NO_PRIMARY_KEY = Problem("validation_missing_primary_key", 'Missing or invalid "id" PK field.')
SECOND_KEY = Problem(
    "validation_unsupported_composite_pk",
    "Composite PKs are not supported and the collection must have only 1 PK.",
)
SYSTEM_CHANGED = Problem("validation_system_field_change", "System fields cannot be deleted or renamed.")
TYPE_CHANGED = Problem("validation_field_type_change", "Field type cannot be changed.")
NO_COLLECTION = Problem(
    "validation_field_relation_missing_collection", "The relation collection doesn't exist."
)
ONLY_FROM_VIEWS = Problem(
    "validation_relation_field_non_view_base_collection",
    "Only view collections are allowed to have relations to other views.",
)
COLLECTION_CHANGED = Problem("validation_field_relation_change", "The relation collection cannot be changed.")


def check_fields(saving: Saving) -> Problem | Problems | None:
    """The first kind of problem that is found, as PocketBase reports it."""
    for check in CHECKS:
        if found := check(saving):
            return found
    return None


def _check_names_differ(saving: Saving) -> Problems:
    seen: set[str] = set()
    for position, field in enumerate(saving.new.fields):
        if field.name.lower() in seen:
            message = f"Duplicated or invalid field name {field.name}."
            problem = Problem("validation_duplicated_field_name", message, {"fieldName": field.name})
            return {str(position): {"name": problem}}
        seen.add(field.name.lower())
    return {}


def _check_primary_key(saving: Saving) -> Problem | None:
    key = saving.new.field_by_name.get("id")
    former = saving.old.field_by_name.get("id") if saving.old else None
    is_renamed = former and former.id in saving.new.field_by_id and (not key or key.id != former.id)
    return NO_PRIMARY_KEY if is_renamed or not isinstance(key, TextField) else None


def _check_system_fields(saving: Saving) -> Problem | None:
    former = saving.old.fields if saving.old else ()
    now = saving.new.field_by_id
    kept = (field.id in now and now[field.id].name == field.name for field in former if field.system)
    return None if all(kept) else SYSTEM_CHANGED


def _check_types_stay(saving: Saving) -> Problems:
    former = saving.old.field_by_id if saving.old else {}
    return {
        str(position): TYPE_CHANGED
        for position, field in enumerate(saving.new.fields)
        if field.id in former and former[field.id].type != field.type
    }


def _check_reserved(saving: Saving) -> Problems:
    reserved = RESERVED_IN_AUTH if saving.new.is_auth else frozenset()
    return {
        str(position): {"name": NAME_RESERVED}
        for position, field in enumerate(saving.new.fields)
        if field.name in reserved
    }


def _check_each(saving: Saving) -> Problems:
    found = {str(position): _check_one(field, saving) for position, field in enumerate(saving.new.fields)}
    return {position: problems for position, problems in found.items() if problems}


def _check_one(field: Field, saving: Saving) -> Problems:
    found: dict[str, Problem | Problems | None] = {
        "id": OUT_OF_RANGE if len(field.id) > MAX_LENGTH else None,
        "name": _check_name(field.name),
        **field.check_options(),
    }
    if isinstance(field, RelationField) and "collectionId" not in field.check_options():
        found["collectionId"] = _check_relation(field, saving)
    if isinstance(field, TextField) and field.primary_key and _has_other_key(field, saving):
        found["primaryKey"] = SECOND_KEY
    return {key: problem for key, problem in found.items() if problem}


def _check_name(name: str) -> Problem | None:
    if not name:
        return REQUIRED
    if len(name) > MAX_LENGTH:
        return OUT_OF_RANGE
    if name in FORBIDDEN:
        return NAME_FORBIDDEN
    if "_via_" in name.lower():
        return HAS_VIA
    return None if WORD.fullmatch(name) else BAD_FORMAT


def find_name_problem(name: str) -> Problem | None:
    """What is wrong with a field's name."""
    return _check_name(name)


def check_view_fields(saving: Saving) -> Problem | Problems | None:
    """What is wrong with the fields that follow from a view's query."""
    if not saving.new.fields:
        return REQUIRED
    if not isinstance(saving.new.field_by_name.get("id"), TextField):
        return NO_PRIMARY_KEY
    return _check_names_differ(saving) or _check_each(saving)


def _check_relation(field: RelationField, saving: Saving) -> Problem | None:
    is_view = saving.new.type == "view"
    former = saving.old.field_by_id.get(field.id) if saving.old and not is_view else None
    if isinstance(former, RelationField) and former.collection_id != field.collection_id:
        return COLLECTION_CHANGED
    found = saving.catalog.find_by_id(field.collection_id)
    is_known = found is not None and (saving.is_there or found is not saving.new)
    if found and found.type == "view" and not is_view:
        return ONLY_FROM_VIEWS
    return None if is_known else NO_COLLECTION


def _has_other_key(field: Field, saving: Saving) -> bool:
    return any(
        isinstance(other, TextField) and other.primary_key and other is not field
        for other in saving.new.fields
    )


CHECKS: tuple[Callable[[Saving], Problem | Problems | None], ...] = (
    _check_names_differ,
    _check_primary_key,
    _check_system_fields,
    _check_types_stay,
    _check_reserved,
    _check_each,
)
