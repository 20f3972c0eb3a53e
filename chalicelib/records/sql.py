"""SQL asked by superusers, over all collections: it reads, and changes nothing.

It runs in SQLite in memory (chalicelib/views), over the records of the collections that the statements name.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib import clock
from chalicelib.collections.load import get_newest
from chalicelib.errors import UNREADABLE, BadRequest, UnreadableBody, ValidationFailed
from chalicelib.frozen import dataclass
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.problems import REQUIRED, Problem, problems_to_json
from chalicelib.schema.sql_written import write_cell
from chalicelib.schema.view_query import split_outside
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.views.database import Database, Result, open_database
from chalicelib.views.failures import SqlFailed
from chalicelib.views.load import Loader, empty_tables

LONGEST_QUERY = 5000
MOST_ROWS = 1000
# SQLite's texts end there, as PocketBase's do.
END = "\0"
FAILED = "Failed to execute query. Raw error:\n{}."
OVER_BUDGET = "the query reads more than {} records: name fewer collections, or raise QUOLL_QUERY_BUDGET"
TOO_LONG = Problem(
    "validation_length_too_long",
    f"The length must be no more than {LONGEST_QUERY}.",
    {"max": LONGEST_QUERY, "min": 0},
)
# PocketBase's marks for names of tables and columns, and for values, of which there are none here.
_NAMED = re.compile(r"\{\{([\w\-. ]+)\}\}|\[\[([\w\-. ]+)\]\]")
_VALUE = re.compile(r"\{:(\w+)\}")
_ARGUMENT = re.compile(r"\?|(?<![\w:@$])[:@$](\w+)")
# Quotes are found, too, and left: what looks like a comment in them is none.
_COMMENT_OR_QUOTE = re.compile(
    r"""'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL
)


@dataclass(frozen=True)
class _Answer:
    """What the last statement found, and the declared types of its columns."""

    result: Result
    types: Sequence[str]


def read_query(request: RequestInfo) -> str:
    """The submitted query. Raises BadRequest, ValidationFailed."""
    try:
        query = dict(request.body).get("query")
    except UnreadableBody as error:
        raise BadRequest(UNREADABLE) from error
    if query is not None and not isinstance(query, str):
        raise BadRequest(UNREADABLE)
    if not query or len(query.encode("utf-8", "replace")) > LONGEST_QUERY:
        raise ValidationFailed(data=problems_to_json({"query": TOO_LONG if query else REQUIRED}))
    return query


def run_sql(query: str) -> dict[str, Any]:
    """What a query finds, all values as text. Raises BadRequest."""
    started = clock.stopwatch()
    try:
        answer = _run(query)
    except SqlFailed as failed:
        raise BadRequest(FAILED.format(failed)) from failed
    except BudgetExceeded as error:
        raise BadRequest(FAILED.format(OVER_BUDGET.format(error.limit))) from error
    types = answer.types or [""] * len(answer.result.names)
    columns = zip(answer.result.names, types, strict=True)
    return {
        "execTime": int(clock.stopwatch() - started),
        "affectedRows": 0,
        "columns": [{"name": name, "type": kind, "nullable": True} for name, kind in columns],
        "rows": [[write_cell(value) for value in row] for row in answer.result.rows[:MOST_ROWS]],
    }


def _run(query: str) -> _Answer:
    if not query.strip():
        raise SqlFailed("empty query")
    statements = list(_statements(_with_names(query.partition(END)[0])))
    related = RelatedRecords(get_newest().catalog)
    loader = Loader(related.catalog, related.everything, related.budget.limit)
    tables = {each.name: each for each in related.catalog}
    with open_database(empty_tables(tables)) as database:
        for statement in statements:
            _prepare(statement, database)
        read = database.read
    loaded = [loader.full(name, tables[name]) for name in tables if name.lower() in read]
    with open_database(loaded, loader.spent) as database:
        return _run_all(statements, database)


def _prepare(statement: str, database: Database) -> None:
    if found := _ARGUMENT.search(_COMMENT_OR_QUOTE.sub(" ", statement)):
        raise SqlFailed(
            f'missing named argument "{found[1]}"' if found[1] else "missing argument with index 1"
        )
    database.prepare(statement)


def _run_all(statements: Sequence[str], database: Database) -> _Answer:
    result = Result((), ())
    types: Sequence[str] = ()
    for statement in statements:
        result = database.run(statement, MOST_ROWS, is_cut=True)
    if statements and result.names:
        types = database.types_of(_blanked(statements[-1]))
    return _Answer(result, types if len(types) == len(result.names) else ())


def _statements(query: str) -> Iterator[str]:
    """The statements of a query; what is empty, or a comment alone, is none."""
    start = 0
    for piece in split_outside(_blanked(query), ";"):
        if piece != ";" and piece.strip():
            yield query[start : start + len(piece)].strip()
        start += len(piece)


def _blanked(query: str) -> str:
    """The same, and as long, with spaces for comments."""
    return _COMMENT_OR_QUOTE.sub(
        lambda found: " " * len(found[0]) if found[0][:2] in {"--", "/*"} else found[0], query
    )


def _with_names(query: str) -> str:
    if found := _VALUE.search(query):
        raise SqlFailed(f"Named parameter not found: {found[1]}")
    return _NAMED.sub(lambda found: _quoted(found[1] or found[2]), query)


def _quoted(name: str) -> str:
    return ".".join(f"`{part}`" for part in name.split("."))
