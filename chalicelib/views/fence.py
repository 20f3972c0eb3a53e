"""What a statement may do: read the tables that there are, and call functions that reach nothing else.

SQLite asks for each table, column and function while it prepares a statement: what is refused then is never
carried out. Two kinds of statements it does not ask about, and these are told by their words.
"""

import re
from dataclasses import field
from typing import Any

from chalicelib.frozen import dataclass

# The one view that a database may have, of the query that is run.
VIEW = "quoll view"
# Functions that are tables, and that read nothing but what they are given.
JSON_TABLES = frozenset({"json_each", "json_tree"})
# Of sqlite3, which is not imported here.
OK, DENIED = 0, 1
READ, SELECT, FUNCTION, RECURSIVE = 20, 21, 31, 33
ALLOWED = frozenset({SELECT, FUNCTION, RECURSIVE})
DANGEROUS = frozenset({"load_extension", "edit", "readfile", "writefile", "fts3_tokenizer"})

# What may be around words.
_GAP = r"(?>\s|--[^\n]*|/\*.*?(?:\*/|\Z))"
_EXPLAIN = rf"{_GAP}*+explain\b{_GAP}*+(?:query{_GAP}++plan\b)?+"
EXPLAINED = re.compile(_EXPLAIN, re.IGNORECASE | re.DOTALL)
MAINTENANCE = re.compile(rf"(?:{_EXPLAIN})?+{_GAP}*+(?:vacuum|reindex)\b", re.IGNORECASE | re.DOTALL)


@dataclass
class Fence:
    """Around a database with these tables; all names are in lower case.

    `read`: the tables that statements have read so far. `unknown` and `refused`: what the last one asked for
    in vain, tables and SQLite's numbers of other actions.
    """

    tables: frozenset[str]
    read: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def forget_refusals(self) -> None:
        """Before the next statement."""
        self.unknown.clear()
        self.refused.clear()

    def allow(self, action: int, name: str | None, column: str | None, *_: Any) -> int:
        """What SQLite asks: whether a statement that is being prepared may do this."""
        if action == READ and name:
            return self._allow_reading(name.lower(), column)
        if action == FUNCTION and column in DANGEROUS:
            return DENIED
        if action in ALLOWED:
            return OK
        self.refused.append(action)
        return DENIED

    def _allow_reading(self, name: str, column: str | None) -> int:
        if name in self.tables:
            self.read.add(name)
        elif column and name != VIEW and name not in JSON_TABLES:
            # Without a column it is a name given within the statement.
            self.unknown.append(name)
            return DENIED
        return OK
