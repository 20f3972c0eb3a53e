"""Definitions and catalogs for tests of what may be saved."""

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.problems import Problem
from chalicelib.schema.saving import Saving
from chalicelib.schema.system import default_collections
from chalicelib.schema.validate import check_definition


def explain_rule(rule, collection, catalog):
    """Stands for the rule language: whatever says "bad" is."""
    return "it is bad" if "bad" in rule else ""


def check_new(definition, others=()):
    """What is wrong with a new collection, as `path code` lines."""
    catalog = [*default_collections(), *others]
    new = complete(Collection.from_json(definition), taken={each.id for each in catalog})
    return flat(check_definition(Saving(new, None, Catalog([*catalog, new]), explain_rule)))


def check_change(old, change, others=()):
    """What is wrong with a change to a collection, as `path code` lines."""
    catalog = [each for each in (*default_collections(), *others) if each.id != old.id]
    new = complete(old.merged_with(change), old)
    return flat(check_definition(Saving(new, old, Catalog([*catalog, new]), explain_rule)))


def saved(definition):
    """A collection as it is once it is saved."""
    return complete(Collection.from_json(definition))


def flat(problems, path=""):
    """Nested problems as sorted lines: `fields.1.name validation_required`."""
    lines = []
    for key, found in problems.items():
        here = f"{path}.{key}" if path else key
        lines += [f"{here} {found.code}"] if isinstance(found, Problem) else flat(found, here)
    return sorted(lines)
