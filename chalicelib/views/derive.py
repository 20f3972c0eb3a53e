"""What follows from a view's query: its fields and the tables that it reads, or why it makes no view."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.config import get_config
from chalicelib.filters import WHOLE
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problem
from chalicelib.schema.record import Record
from chalicelib.schema.validate_fields import find_name_problem
from chalicelib.schema.view_fields import fields_of, tables_named, with_former_ids
from chalicelib.schema.view_query import BadQuery, parse_query
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.records import read
from chalicelib.views.failures import SqlFailed
from chalicelib.views.load import Loader, find_columns

# How many records of a new view are looked at, and shown by a dry run.
SAMPLE = 10
NO_ID = "missing required id column (you can use `(ROW_NUMBER() OVER()) as id` if you don't have one)"
EMPTY_ID = "the query could return records with empty or invalid ids"
SAME_ID = "the query could return records with non-unique ids"
OVER_BUDGET = "the query reads more than {} records: narrow it, or raise QUOLL_QUERY_BUDGET"


def derive_view(view: Collection, catalog: Catalog) -> Collection:
    """The view with the fields and tables of its query; with `view_failure` where something is wrong."""
    return _derive(view, readable_by(view, catalog))


def derive_again(view: Collection, catalog: Catalog) -> Collection:
    """The same after a collection that it reads has changed: the tables stay what they are, by their ids."""
    return _derive(view, tables_named(view.sources, catalog))


def sample_of(view: Collection, catalog: Catalog) -> list[Record]:
    """The first records of a view, read within a budget of their own. Raises SqlFailed, BudgetExceeded."""
    budget = Budget(get_config().query_budget)
    loader = Loader(catalog, lambda collection: read(collection, WHOLE, budget), budget.limit)
    return loader.read_view(view)[:SAMPLE]


def readable_by(view: Collection, catalog: Catalog) -> dict[str, Collection]:
    """The collections that the view may read, by name: not itself, and none that reads it."""
    others = (each for each in catalog if each.id != view.id and each.fields)
    return {each.name: each for each in others if not reads(each, view, catalog)}


def reads(view: Collection, target: Collection, catalog: Catalog) -> bool:
    """Whether a collection is a view that reads another, by way of others or not."""
    seen: set[str] = set()
    waiting = list(view.sources.values())
    while waiting:
        key = waiting.pop()
        found = None if key in seen else catalog.find_by_id(key)
        seen.add(key)
        waiting += found.sources.values() if found else ()
    return target.id in seen


def _derive(view: Collection, tables: Mapping[str, Collection]) -> Collection:
    bare = replace(view, fields=(), sources={}, view_failure="")
    try:
        query = parse_query(view.view_query)
        names, used = find_columns(view.view_query, tables)
    except (BadQuery, SqlFailed) as error:
        return replace(bare, view_failure=str(error))
    fields = with_former_ids(fields_of(names, query, tables), view.fields)
    sources = {name: each.id for name, each in tables.items() if name.lower() in used}
    made = replace(bare, fields=fields, sources=sources).with_columns()
    return replace(made, view_failure=_find_failure(made))


def _find_failure(view: Collection) -> str:
    if "id" not in view.field_by_name:
        return NO_ID
    for place, each in enumerate(view.fields):
        if problem := find_name_problem(each.name):
            return f'invalid field "{each.name}" ({place}): name: {_as_reason(problem)}'
    return ""


def check_ids(view: Collection, catalog: Catalog) -> str:
    """Why the records that a view has now cannot be told apart by their ids; "" when they can."""
    try:
        found = [record.get("id") for record in sample_of(view, catalog)]
    except SqlFailed as error:
        return str(error)
    except BudgetExceeded as error:
        return OVER_BUDGET.format(error.limit)
    if not all(found):
        return EMPTY_ID
    return "" if len(set(found)) == len(found) else SAME_ID


def _as_reason(problem: Problem) -> str:
    """A problem within a sentence: PocketBase's standard ones begin small and have no full stop."""
    message = problem.message
    is_own = problem.code == "validation_found_via"
    return message if is_own else (message[:1].lower() + message[1:]).removesuffix(".")
