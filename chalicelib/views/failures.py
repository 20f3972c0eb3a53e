"""Why a statement cannot be carried out, in PocketBase's words where the reason is SQLite's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.views.fence import Fence

if TYPE_CHECKING:
    import sqlite3

# What all queries of one request may take together.
MILLISECONDS = 8_000
INTERRUPTED = 9
KINDS: Mapping[int, str] = {
    1: "SQL logic error",
    7: "out of memory",
    INTERRUPTED: "interrupted",
    18: "string or blob too big",
    20: "datatype mismatch",
    23: "authorization denied",
}
NO_FUNCTION = "not authorized to use function"
READS_ONLY = "only statements that read are supported: change records and collections through the API"
TOO_LONG = (
    "the query takes too long: it was stopped,"
    f" a request has {MILLISECONDS // 1000} seconds for all its queries"
)


class SqlFailed(Exception):
    """A statement that cannot be carried out: says why."""


def reason_of(error: "sqlite3.Error", fence: Fence) -> str:
    """Why SQLite has given up."""
    code = getattr(error, "sqlite_errorcode", 1)
    if fence.unknown:
        return f"SQL logic error: no such table: {fence.unknown[0]} (1)"
    if fence.refused:
        return READS_ONLY
    if code == INTERRUPTED:
        return TOO_LONG
    if str(error).startswith(NO_FUNCTION):
        return "SQL logic error: not authorized (1)"
    kind = KINDS.get(code & 0xFF, "SQL logic error")
    return f"{kind} ({code})" if str(error) == kind else f"{kind}: {error} ({code})"
