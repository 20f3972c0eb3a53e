"""Indexes: PocketBase's CREATE INDEX text, what it means, and what a record's key in it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.condition_parser import parse_condition
from chalicelib.schema.index_condition import Condition
from chalicelib.schema.index_values import collate, to_sql
from chalicelib.schema.shapes import WrongShape, read_text
from chalicelib.schema.sql_tokens import BadSql, Token
from chalicelib.schema.statement_reader import NAME_KINDS, StatementReader

Key: TypeAlias = tuple[str | int | float, ...]


@dataclass(frozen=True)
class IndexColumn:
    """One column of an index; `name` is the whole text when it is an expression."""

    name: str
    collate: str = ""
    descending: bool = False
    is_expression: bool = False


@dataclass(frozen=True)
class Index:
    """A declared index. `text` is the statement as it is shown; `where` the condition of a partial one.

    `slot` names a unique index in the keys of its items. It is never used again, so an index that is added
    later under the same name cannot meet what a former one left behind. Until a unique index is ready its
    values are claimed by whoever writes a record, and nobody looks anything up in it; it holds when all
    records' values have been claimed once.
    """

    name: str
    unique: bool = False
    columns: tuple[IndexColumn, ...] = ()
    table: str = ""
    where: str = ""
    text: str = ""
    optional: bool = False
    schema: str = ""
    condition: Condition | None = None
    slot: str = ""
    is_ready: bool = True
    holds: bool = True

    @property
    def is_settled(self) -> bool:
        """Whether it is ready for good, which it always is when it is ready."""
        return self.is_ready

    @property
    def tag(self) -> str:
        """What tells a unique index from all others, at any time."""
        return self.slot

    @property
    def stored_name(self) -> str:
        """What it is called in storage."""
        return self.slot or self.name

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def name_in(self, _: Mapping[str, Any]) -> str:
        """What a superuser knows it by."""
        return self.name

    def applies_to(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values is in the index."""
        return self.condition is None or self.condition.ask(values) is True

    def key_of(self, values: Mapping[str, Any]) -> Key | None:
        """What must be unique: the columns' values, folded as their collations say.

        None when the record is not in the index, or has a NULL in it: no two NULLs are equal.
        """
        if not self.applies_to(values):
            return None
        key = tuple(collate(to_sql(values.get(column.name)), column.collate) for column in self.columns)
        return None if None in key else key  # type: ignore[return-value]

    def with_names(self, names: Sequence[str]) -> "Index":
        """The same with columns spelled as the fields are: SQL's names have no case."""
        spelled = {name.lower(): name for name in names}
        columns = (
            replace(column, name=spelled.get(column.name.lower(), column.name)) for column in self.columns
        )
        condition = self.condition and self.condition.renamed(spelled)
        return replace(self, columns=tuple(columns), condition=condition)


def parse_index(text: str) -> Index:
    """The index that a CREATE INDEX statement describes. Raises BadSql, a ValueError."""
    reader = StatementReader(text)
    reader.need_word("CREATE")
    unique = reader.take_word("UNIQUE")
    reader.need_word("INDEX")
    optional = reader.take_words("IF", "NOT", "EXISTS")
    schema, name = "", reader.need_name()
    if reader.take_symbol("."):
        schema, name = name, reader.need_name()
    reader.need_word("ON")
    table = reader.need_name(may_be_empty=True)
    columns = tuple(_read_column(text, tokens) for tokens in reader.need_columns())
    where = reader.rest_after("WHERE")
    return Index(name, unique, columns, table, where, text, optional, schema)


@lru_cache(maxsize=1024)
def ready_index(text: str, names: tuple[str, ...]) -> Index:
    """An index that was accepted when it was saved, ready to be asked: columns spelled, condition parsed."""
    index = parse_index(text)
    if index.where:
        index = replace(index, condition=parse_condition(index.where))
    return index.with_names(names)


def read_indexes(raw: Any, names: Sequence[str]) -> tuple[Index, ...]:
    """The indexes of a submitted list; one that is not understood has no name. Raises WrongShape."""
    if raw is not None and not isinstance(raw, list):
        raise WrongShape("a list of statements is expected")
    return tuple(read_index(read_text(text), tuple(names)) for text in raw or ())


def read_index(text: str, names: tuple[str, ...]) -> Index:
    """The index of a statement that may be wrong: then it has no name, and validation says why."""
    try:
        return ready_index(text, names)
    except BadSql:
        return Index(name="", text=text)


def build_index(index: Index) -> str:
    """The statement in PocketBase's own spelling, which it uses when it has to change one."""
    head = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {'IF NOT EXISTS ' if index.optional else ''}"
    name = f"`{index.schema}`.`{index.name}`" if index.schema else f"`{index.name}`"
    columns = [_build_column(column) for column in index.columns]
    inner = columns[0] if len(columns) == 1 else "\n  " + ",\n  ".join(columns) + "\n"
    return f"{head}{name} ON `{index.table}` ({inner})" + (f" WHERE {index.where}" if index.where else "")


def _build_column(column: IndexColumn) -> str:
    name = column.name if column.is_expression else f"`{column.name}`"
    return (
        name
        + (f" COLLATE {column.collate}" if column.collate else "")
        + (" DESC" if column.descending else "")
    )


def _read_column(text: str, tokens: list[Token]) -> IndexColumn:
    """column = name [COLLATE name] [ASC | DESC], or an expression in place of the name"""
    rest = list(tokens)
    is_directed = len(rest) > 1 and rest[-1].is_word("ASC", "DESC")
    descending = is_directed and rest.pop().is_word("DESC")
    collation = ""
    if len(rest) > 2 and rest[-2].is_word("COLLATE") and rest[-1].kind == "word":
        collation = rest[-1].text
        rest = rest[:-2]
    if len(rest) == 1 and rest[0].kind in NAME_KINDS:
        return IndexColumn(rest[0].text, collation, descending)
    return IndexColumn(text[rest[0].start : rest[-1].end], collation, descending, is_expression=True)
