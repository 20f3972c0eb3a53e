"""Collections of a data directory as Quoll's: what cannot be carried is left out, and said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from chalicelib.collections.check import check_saving
from chalicelib.collections.view_definitions import derive_all
from chalicelib.pocketbase.mending import explain, mend_options
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import RULES, Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.field_list import read_fields
from chalicelib.schema.problems import Problems
from chalicelib.schema.shapes import WrongShape
from chalicelib.schema.validate import NAME_IS_ID
from chalicelib.views.derive import derive_view

Definition: TypeAlias = Mapping[str, Any]

LOST = ": the collection and its records are not carried: "
LEFT_OUT = "{}" + LOST + "{}"
NO_INDEX = "{}: an index is not carried: {} ({})"
LOCKED = "{}: {} is now for superusers only: {}"
TOO_MANY = "more than"
UNIQUE = re.compile(r"\s*create\s+unique\s", re.IGNORECASE)
# A definition is tried again without what was wrong with it; never so often.
MOST_TRIALS = 100


def carry(definitions: Sequence[Definition]) -> tuple[list[Collection], list[str]]:
    """The collections that these definitions make, in their order, and what is to be told, worst first."""
    wanted = {each["id"]: dict(each) for each in definitions}
    told: list[str] = []
    for _ in range(MOST_TRIALS * len(wanted) + 1):
        made = _derive_views(_make(wanted, told))
        if not _mend(made, wanted, told):
            break
    return made, sorted(told, key=lambda line: LOST not in line)


def _make(wanted: dict[str, dict[str, Any]], told: list[str]) -> list[Collection]:
    made: list[Collection] = []
    for key, definition in list(wanted.items()):
        try:
            made.append(read_collection(definition))
        except WrongShape as wrong:
            told.append(LEFT_OUT.format(definition["name"], wrong))
            del wanted[key]
    return made


def read_collection(definition: Definition) -> Collection:
    """The collection with its id, secrets and dates; a view has the fields it had. Raises WrongShape."""
    made = complete(Collection.from_json(definition))
    if made.type == "view":
        made = replace(made, fields=read_fields(definition["fields"]))
    return replace(made, created=definition.get("created", ""), updated=definition.get("updated", ""))


def _derive_views(made: Sequence[Collection]) -> list[Collection]:
    """The views with what follows from their queries: fields that are the same keep their ids.

    None is read before its own query is understood, so that no two of them can be made of each other.
    """
    former = {each.id: each.fields for each in made}
    bare = [replace(each, fields=()) if each.type == "view" else each for each in made]

    def derive(view: Collection, catalog: Catalog) -> Collection:
        return derive_view(replace(view, fields=former[view.id]), catalog)

    return derive_all(bare, Catalog(bare), derive)


def _mend(made: Sequence[Collection], wanted: dict[str, dict[str, Any]], told: list[str]) -> bool:
    """Take out of the definitions what is wrong with the collections; whether anything was."""
    catalog = Catalog(made)
    found = {each.id: _find_problems(each, catalog) for each in made}
    for key, problems in found.items():
        if problems:
            _mend_one(key, problems, wanted, told)
    return any(found.values())


def _find_problems(collection: Collection, catalog: Catalog) -> Problems:
    """What is wrong with a collection. One may have its own id for a name, if it was made so."""
    found = check_saving(collection, None, catalog, is_import=True)
    if "viewQuery" in found:  # the rest follows from it
        return {"viewQuery": found["viewQuery"]}
    is_own = collection.name == collection.id and found.get("name") == NAME_IS_ID
    return {key: problem for key, problem in found.items() if not (is_own and key == "name")}


def _mend_one(key: str, problems: Problems, wanted: dict[str, dict[str, Any]], told: list[str]) -> None:
    definition = wanted[key]
    name, indexes = definition["name"], problems.get("indexes")
    rules = problems.keys() & {*RULES, "authRule", "manageRule"}
    if isinstance(indexes, Mapping) and _drop_indexes(definition, indexes, told):
        return
    for rule in sorted(rules):
        told.append(LOCKED.format(name, rule, explain(problems[rule])))
        definition[rule] = None
    options = mend_options(definition, problems)
    told += [f"{name}: {each}" for each in options]
    if not rules and not options:
        told.append(LEFT_OUT.format(name, explain(problems)))
        del wanted[key]


def _drop_indexes(definition: dict[str, Any], found: Problems, told: list[str]) -> bool:
    """Leave out the indexes that are wrong; whether there were any."""
    texts = definition["indexes"]
    places = {int(place): explain(problem) for place, problem in found.items() if place.isdecimal()}
    victims = {_victim(texts, place, reason): reason for place, reason in places.items()}
    gone = {place: reason for place, reason in victims.items() if place < len(texts)}
    for place, reason in gone.items():
        told.append(NO_INDEX.format(definition["name"], " ".join(texts[place].split()), reason))
    definition["indexes"] = [text for place, text in enumerate(texts) if place not in gone]
    return bool(gone)


def _victim(texts: Sequence[str], place: int, reason: str) -> int:
    """Which index goes. Of too many it is the last that holds nothing unique: nobody signs in by it."""
    if TOO_MANY not in reason:
        return place
    return max((at for at, text in enumerate(texts) if not UNIQUE.match(text)), default=place)
