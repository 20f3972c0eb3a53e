"""May this definition be saved? The schema's checks, with the rule language's about rules."""

from chalicelib.filters import check_rule, parse
from chalicelib.filters.parse import count_comparisons
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problems
from chalicelib.schema.saving import Saving
from chalicelib.schema.validate import check_definition
from chalicelib.schema.validate_indexes import check_servable

MAX_EXPRESSIONS = 200


def check_saving(
    new: Collection, old: Collection | None, after: Catalog, *, is_import: bool = False
) -> Problems:
    """What is wrong with a definition, by its JSON keys; `after` is the catalog with it."""
    return check_definition(Saving(new, old, after, _explain_rule, is_import))


def check_indexes_alone(new: Collection, old: Collection | None, after: Catalog) -> Problems:
    """The indexes of a definition that cannot be made, by position."""
    return check_servable(Saving(new, old, after, _explain_rule))


def _explain_rule(rule: str, collection: Collection, catalog: Catalog) -> str:
    if not rule.strip():
        return "empty filter expression"
    if error := check_rule(rule, collection, catalog):
        return error.message
    return "max filter expressions limit reached" if count_comparisons(parse(rule)) > MAX_EXPRESSIONS else ""
