"""Is this definition legal? Every check PocketBase makes when a collection is saved."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.limits import wrong_length
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none
from chalicelib.schema.saving import Saving
from chalicelib.schema.slots import check_shards
from chalicelib.schema.validate_auth import RULE_CHANGED, check_auth
from chalicelib.schema.validate_fields import check_fields, check_view_fields
from chalicelib.schema.validate_indexes import check_indexes, check_servable

Check: TypeAlias = Callable[[Saving], "Problem | Problems | None"]

TYPES = ("base", "auth", "view")
# The rules that a view has.
READING = frozenset({"listRule", "viewRule"})
WORD = re.compile(r"\w+", re.ASCII)
MAX_ID = 100
MAX_NAME = 255
# Tables that PocketBase has beside the collections': a client may rely on their names being refused.
INTERNAL_TABLES = frozenset({"_collections", "_params", "_migrations", "sqlite_stat1", "sqlite_stat4"})

BAD_FORMAT = Problem("validation_match_invalid", "Must be in a valid format.")
ID_TAKEN = Problem("validation_invalid_or_existing_id", "The model id is invalid or already exists.")
UNKNOWN_TYPE = Problem("validation_in_invalid", "Must be a valid value.")
TYPE_CHANGED = Problem("validation_collection_type_change", "Collection type cannot be changed.")
NO_INDEXES = Problem("validation_indexes_not_supported", "View collections don't support indexes.")
NOT_NIL = Problem("validation_nil", "Must be blank.")
FLAG_CHANGED = Problem(
    "validation_collection_system_flag_change", "System collection state cannot be changed."
)
SYSTEM_RENAMED = Problem(
    "validation_collection_system_name_change", "System collection name cannot be changed."
)
HAS_VIA = Problem("validation_found_via", 'The value cannot contain "_via_".')
NAME_TAKEN = Problem(
    "validation_collection_name_exists", "Collection name must be unique (case insensitive)."
)
NAME_IS_ID = Problem(
    "validation_collection_name_id_duplicate", "The name must not match an existing collection id."
)
NAME_IS_TABLE = Problem(
    "validation_collection_name_invalid", "The name shouldn't match with an existing internal table."
)


def find_name_failure(new: Collection, old: Collection | None, after: Catalog) -> str:
    """Why records could not be kept under an otherwise legal name, told as PocketBase's database does.

    There, tables and indexes have their names together.
    """
    name = new.name.lower()
    if name.startswith("sqlite_"):
        return f"SQL logic error: object name reserved for internal use: {new.name} (1)"
    is_kept = old is not None and old.name.lower() == name
    if is_kept or all(index.name.lower() != name for each in after for index in each.indexes):
        return ""
    if old is None or new.type == "view":
        return f"SQL logic error: there is already an index named {new.name} (1)"
    return f"SQL logic error: there is already another table or index with this name: {new.name} (1)"


def check_definition(saving: Saving) -> Problems:
    """What is wrong with a definition, by its JSON keys; empty when it may be saved."""
    if saving.new.type == "view":
        return _check_view(saving)
    found = {key: check(saving) for key, check in CHECKS.items()}
    found |= {key: saving.check_rule(rule) for key, rule in saving.new.rules.items()}
    found |= check_auth(saving) if saving.new.is_auth else {}
    found |= _check_system_rules(saving)
    return without_none(found) or _under("indexes", check_servable(saving))


def _check_view(saving: Saving) -> Problems:
    new = saving.new
    found = {key: CHECKS[key](saving) for key in ("id", "type", "system", "name")}
    found |= {
        "fields": check_view_fields(saving),
        "indexes": NO_INDEXES if new.indexes else None,
        "viewQuery": _check_query(new),
    }
    found |= {key: saving.check_rule(rule) for key, rule in new.rules.items() if key in READING}
    found |= {key: NOT_NIL for key, rule in new.rules.items() if key not in READING and rule is not None}
    return without_none({**found, **_check_system_rules(saving)})


def _check_query(view: Collection) -> Problem | None:
    if not view.view_query:
        return REQUIRED
    reason = view.view_failure
    return Problem("validation_invalid_view_query", f"Invalid query - {reason}.") if reason else None


def _under(key: str, problems: Problems) -> Problems:
    return {key: problems} if problems else {}


def _check_id(saving: Saving) -> Problem | None:
    if saving.old is not None:
        return None
    if len(saving.new.id) > MAX_ID:
        return wrong_length(1, MAX_ID)
    if not WORD.fullmatch(saving.new.id):
        return BAD_FORMAT
    is_taken = sum(each.id == saving.new.id for each in saving.catalog) > 1
    return ID_TAKEN if is_taken else None


def _check_type(saving: Saving) -> Problem | None:
    if saving.new.type not in TYPES:
        return UNKNOWN_TYPE
    return TYPE_CHANGED if saving.old and saving.old.type != saving.new.type else None


def _check_system(saving: Saving) -> Problem | None:
    return FLAG_CHANGED if saving.old and saving.old.system != saving.new.system else None


def _check_name(saving: Saving) -> Problem | None:
    name = saving.new.name
    if not name:
        return REQUIRED
    if len(name) > MAX_NAME:
        return wrong_length(1, MAX_NAME)
    if saving.old and saving.old.system and saving.old.name != name:
        return SYSTEM_RENAMED
    if "_via_" in name.lower():
        return HAS_VIA
    if not WORD.fullmatch(name):
        return BAD_FORMAT
    return _check_name_is_free(saving)


def _check_name_is_free(saving: Saving) -> Problem | None:
    name = saving.new.name
    if any(each.name.lower() == name.lower() for each in saving.others()):
        return NAME_TAKEN
    # A new collection may be called as its own id, which is not taken yet.
    if any(each.id == name for each in (saving.catalog if saving.is_there else saving.others())):
        return NAME_IS_ID
    return NAME_IS_TABLE if name.lower() in INTERNAL_TABLES else None


def _check_system_rules(saving: Saving) -> Mapping[str, Problem]:
    """The rules of a system collection stay as they are."""
    if not saving.old or not saving.old.system:
        return {}
    former, now = saving.old.all_rules, saving.new.all_rules
    return {key: RULE_CHANGED for key in former if key in now and former[key] != now[key]}


CHECKS: Mapping[str, Check] = {
    "id": _check_id,
    "type": _check_type,
    "system": _check_system,
    "name": _check_name,
    "fields": check_fields,
    "indexes": check_indexes,
    "quoll": lambda saving: check_shards(saving.new.shards),
}
