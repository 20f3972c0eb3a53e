"""Are a collection's indexes legal, and can they be served?"""

from chalicelib.schema.condition_parser import parse_condition
from chalicelib.schema.indexes import Index, parse_index
from chalicelib.schema.problems import Problem, Problems, without_none
from chalicelib.schema.saving import Saving
from chalicelib.schema.slots import MAX_SLOTS
from chalicelib.schema.sql_tokens import BadSql, Unsupported

COLLATIONS = frozenset({"", "BINARY", "NOCASE", "RTRIM"})
CODE = "validation_invalid_index_expression"
NOT_AN_INDEX = Problem(CODE, "Invalid CREATE INDEX expression.")
NAME_REPEATED = Problem("validation_duplicated_index_name", "The index name already exists.")
INDEX_REPEATED = Problem("validation_duplicated_index_definition", "The index definition already exists.")
INTERNAL = "sqlite_"


def check_indexes(saving: Saving) -> Problem | Problems | None:
    """The first index that is wrong by itself; else a unique one that may not go."""
    earlier: list[Index] = []
    for position, index in enumerate(saving.new.indexes):
        try:
            parsed = parse_index(index.text)
        except BadSql:
            return {str(position): NOT_AN_INDEX}
        if problem := _check_one(parsed, earlier, saving):
            return {str(position): problem}
        earlier.append(parsed)
    return _check_system_unique(saving)


def check_servable(saving: Saving) -> Problems:
    """The indexes that cannot be made. Saving asks when nothing else is wrong, an import before all else."""
    found = {str(at): _check_made(index, saving) for at, index in enumerate(saving.new.indexes)}
    if len(saving.new.indexes) > MAX_SLOTS:
        reason = f"more than {MAX_SLOTS} indexes on one collection are not supported"
        found[str(MAX_SLOTS)] = found[str(MAX_SLOTS)] or cannot_make(saving.new.indexes[MAX_SLOTS], reason)
    return without_none(found)


def _check_made(index: Index, saving: Saving) -> Problem | None:
    try:
        reason = _find_failure(index.text, saving)
    except BadSql:
        return NOT_AN_INDEX
    return cannot_make(index, reason) if reason else None


def cannot_make(index: Index, reason: str) -> Problem:
    """An index that is well-formed and yet cannot be made."""
    return Problem(CODE, f"Failed to create index {index.name or parse_index(index.text).name} - {reason}.")


def _check_one(index: Index, earlier: list[Index], saving: Saving) -> Problem | None:
    if any(other.name.lower() == index.name.lower() for other in earlier):
        return NAME_REPEATED
    if any(_definition(other) == _definition(index) for other in earlier):
        return INDEX_REPEATED
    user = next(
        (each.name for each in saving.others() for used in each.indexes if _same_name(used, index)), ""
    )
    message = f"The index name is already used in {user} collection."
    return Problem("validation_existing_index_name", message, {"usedTableName": user}) if user else None


def _same_name(one: Index, other: Index) -> bool:
    return one.name.lower() == other.name.lower()


def _definition(index: Index) -> tuple[object, ...]:
    return index.unique, index.columns, index.where


def _check_system_unique(saving: Saving) -> Problem | None:
    """What is unique of system fields stays so."""
    kept = {index.column_names for index in saving.new.unique_indexes}
    for index in saving.old.unique_indexes if saving.old else ():
        fields = (saving.old.field_by_name.get(name) for name in index.column_names) if saving.old else ()
        system = [field.name for field in fields if field and field.system]
        if system and index.column_names not in kept:
            message = f"Unique index definition on system fields ({system[0]}) is invalid or missing."
            return Problem("validation_invalid_unique_system_field_index", message, {"fieldName": system[0]})
    return None


def _find_failure(text: str, saving: Saving) -> str:
    """Why an index cannot be made; empty when it can."""
    index = parse_index(text)
    if index.schema.lower() not in ("", "main"):
        return f"SQL logic error: unknown database {index.schema} (1)"
    if index.name.lower().startswith(INTERNAL):
        return f"SQL logic error: object name reserved for internal use: {index.name} (1)"
    if any(each.name.lower() == index.name.lower() for each in saving.catalog):
        return f"SQL logic error: there is already a table named {index.name} (1)"
    return _find_column_failure(index, saving) or _find_condition_failure(index, saving)


def _find_column_failure(index: Index, saving: Saving) -> str:
    known = {field.name.lower() for field in saving.new.fields}
    for column in index.columns:
        if column.is_expression:
            return f"expressions such as {column.name} are not supported"
        if column.name.lower() not in known:
            return f"SQL logic error: no such column: {column.name} (1)"
        if column.collate.upper() not in COLLATIONS:
            return f"SQL logic error: no such collation sequence: {column.collate} (257)"
    return ""


def _find_condition_failure(index: Index, saving: Saving) -> str:
    if not index.where:
        return ""
    names = {field.name.lower(): field.name for field in saving.new.fields}
    try:
        condition = parse_condition(index.where).renamed(names)
    except Unsupported as error:
        return str(error)
    except BadSql as error:
        return f"SQL logic error: {error} (1)"
    unknown = [name for name in condition.columns() if name not in names.values()]
    return f"SQL logic error: no such column: {unknown[0]} (1)" if unknown else ""
