"""May this definition be saved? The schema's checks, with the rule language's about rules."""

from chalicelib.filters import check_rule
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problems
from chalicelib.schema.saving import Saving
from chalicelib.schema.validate import check_definition


def check_saving(new: Collection, old: Collection | None, after: Catalog) -> Problems:
    """What is wrong with a definition, by its JSON keys; empty when it may be saved. `after`: all, with it."""
    return check_definition(Saving(new, old, after, _explain_rule))


def _explain_rule(rule: str, collection: Collection, catalog: Catalog) -> str:
    if not rule.strip():
        return "empty filter expression"
    error = check_rule(rule, collection, catalog)
    return error.message if error else ""
