"""The filter and rule language: text to tree, tree to answers. Pure: records come from a RecordSource.

text -> tokens -> parse -> syntax tree -> bind (check, put values in, fold) -> bound tree
                                          -> make_plan (which access) -> matches (does this record match)
"""

from chalicelib.filters.access import (
    Access,
    Bound,
    ByEdge,
    ById,
    BySlot,
    ByUnique,
    InInsertionOrder,
    Place,
    Union,
)
from chalicelib.filters.bind import bind
from chalicelib.filters.bound import ALWAYS, NEVER, Node, all_of, any_of, both, having
from chalicelib.filters.check import check_client_text, check_rule
from chalicelib.filters.evaluate import matches, matching
from chalicelib.filters.failures import FilterError, SuperusersOnly, TooManyTrials
from chalicelib.filters.joins import NEW_ROOT
from chalicelib.filters.parse import parse, parse_client_filter
from chalicelib.filters.plan import WHOLE, Plan, make_plan
from chalicelib.filters.scope import Scope
from chalicelib.filters.sort import Sort, bind_sort, ordered, parse_sort
from chalicelib.filters.source import RecordSource
from chalicelib.filters.suggest import suggest_anywhere, suggest_index
from chalicelib.filters.trials import Trials

__all__ = [
    "ALWAYS",
    "NEVER",
    "NEW_ROOT",
    "WHOLE",
    "Access",
    "Bound",
    "ByEdge",
    "ById",
    "BySlot",
    "ByUnique",
    "FilterError",
    "InInsertionOrder",
    "Node",
    "Place",
    "Plan",
    "RecordSource",
    "Scope",
    "Sort",
    "SuperusersOnly",
    "TooManyTrials",
    "Trials",
    "Union",
    "all_of",
    "any_of",
    "bind",
    "bind_sort",
    "both",
    "check_client_text",
    "check_rule",
    "having",
    "make_plan",
    "matches",
    "matching",
    "ordered",
    "parse",
    "parse_client_filter",
    "parse_sort",
    "suggest_anywhere",
    "suggest_index",
]
