"""What a record is sorted by: the value in the first rows, along a path, that a tree accepts."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from chalicelib.filters.bound import And, Node, Operand, all_of, joins_in
from chalicelib.filters.compile import make_operand_reader
from chalicelib.filters.evaluate import Matcher, groups_of, make_matcher
from chalicelib.filters.joins import Join, chain_of
from chalicelib.filters.read import Reader
from chalicelib.filters.remember import anchors_in, anchors_of, remembered
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.sql_text import SqlValue
from chalicelib.frozen import dataclass

# The value in a tuple of its own; None when no rows are accepted.
Finder: TypeAlias = Callable[[Assignment], tuple[SqlValue] | None]


def make_first_reader(operand: Operand, where: Node) -> Reader:
    """The reader of an operand in the first rows that the tree accepts; the very first if there are none."""
    read = make_operand_reader(operand)
    joins = chains_in((operand,))
    if not joins:
        return read
    find = _finder(_Path(operand, joins, _parts_by_step(where, joins)), 0)

    def read_first(assigned: Assignment) -> SqlValue:
        found = find(assigned)
        if found is not None:
            return found[0]
        for join in joins:
            assigned.rows[join] = rows_of(join, assigned)[0]
        return read(assigned)

    return read_first


def chains_in(operands: Iterable[Operand]) -> tuple[Join, ...]:
    """The joins of all operands, each after what it stands on."""
    ends = [end for operand in operands for end in joins_in(operand)]
    return tuple(dict.fromkeys(join for end in ends for join in chain_of(end)))


@dataclass(frozen=True)
class _Path:
    """An operand, the joins it stands on, and the parts of the tree that each further row decides."""

    operand: Operand
    joins: tuple[Join, ...]
    parts: Sequence[Sequence[Node]]

    def anchors_at(self, step: int) -> tuple[Join, ...]:
        """What the rest of the path depends on when so many of its joins have a row."""
        given = self.joins[:step]
        remaining = [part for parts in self.parts[step:] for part in parts]
        ahead = anchors_of((*joins_in(self.operand), *self.joins[step:]), given)
        return tuple(dict.fromkeys((*ahead, *anchors_in(remaining, given))))


def _parts_by_step(where: Node, joins: tuple[Join, ...]) -> list[list[Node]]:
    """The parts of a tree that can be decided when none, one, two ... of the joins have a row."""
    steps: list[list[Node]] = [[] for _ in range(len(joins) + 1)]
    for group in groups_of(where.parts if isinstance(where, And) else (where,), dict.fromkeys(joins)):
        read = anchors_in(group, joins)
        steps[max((joins.index(join) + 1 for join in read if join in joins), default=0)].append(all_of(group))
    return steps


def _finder(path: _Path, step: int) -> Finder:
    accepts: list[Matcher] = [make_matcher(part, path.joins) for part in path.parts[step]]
    further = _finder_of_rest(path, step)

    def find(assigned: Assignment) -> tuple[SqlValue] | None:
        return further(assigned) if all(accept(assigned) for accept in accepts) else None

    return remembered(find, path.anchors_at(step))


def _finder_of_rest(path: _Path, step: int) -> Finder:
    if step == len(path.joins):
        read = make_operand_reader(path.operand)
        return lambda assigned: (read(assigned),)
    join, find = path.joins[step], _finder(path, step + 1)

    def find_in_rows(assigned: Assignment) -> tuple[SqlValue] | None:
        for row in rows_of(join, assigned):
            assigned.memo.trials.note()
            assigned.rows[join] = row
            found = find(assigned)
            if found is not None:
                return found
        return None

    return find_in_rows
