"""``expand=author.team,comments_via_post``: records with those they refer to, and those that refer to them.

A path is walked step by step, for all records at once: one batched read per step. Who may not see the target,
or names a relation that is none, gets nothing for the whole path and no error. A path that could be walked
leaves an ``expand`` object on every record it passed, empty where there was nothing to show.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from chalicelib.filters import FilterError, Node, matching
from chalicelib.frozen import dataclass
from chalicelib.records.access import bind_rule, scope_of
from chalicelib.records.related import RelatedRecords, ids_in
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.relation import RelationField
from chalicelib.schema.record import Record

MAX_DEPTH = 6
MAX_REFERRING = 1000

# The second is how they were written before PocketBase 0.22; clients still may.
_BACK_RELATIONS = (re.compile(r"(?=\w++\Z)(\w+)_via_(\w+)"), re.compile(r"(\w+)\((\w+)\)"))

Path: TypeAlias = tuple[str, ...]


@dataclass(eq=False)
class Expanded:
    """A record and what was expanded from it, by relation; `related` is None when nothing was asked for."""

    record: Record
    related: "dict[str, Expanded | list[Expanded]] | None" = None

    def put(self, name: str, found: "Sequence[Expanded]", single: bool) -> None:
        """Note what a relation leads to."""
        self.related = self.related or {}
        if found:
            self.related[name] = found[0] if single else list(found)


def as_list(found: "Expanded | list[Expanded]") -> "list[Expanded]":
    """What a relation led to, one or many."""
    return found if isinstance(found, list) else [found]


@dataclass(frozen=True)
class Step:
    """One relation to walk: forwards, or backwards from what it refers to."""

    name: str
    target: Collection
    field: RelationField
    is_back: bool

    @property
    def is_single(self) -> bool:
        """Whether it leads to one record at most."""
        if not self.is_back:
            return not self.field.is_multiple
        indexed = ([column.name.lower() for column in index.columns] for index in self.target.ready_indexes)
        return [self.field.name.lower()] in indexed

    def leads_to(self, record: Record) -> list[tuple[Collection, str]]:
        """What a record names; nothing when it is the others that name it."""
        return [] if self.is_back else [(self.target, each) for each in ids_in(record, self.field.name)]


@dataclass(frozen=True)
class Viewer:
    """Who looks at the expanded records, where they come from, and how many relations away this is."""

    request: RequestInfo
    related: RelatedRecords
    depth: int = 1

    def further(self) -> "Viewer":
        """One relation further."""
        return replace(self, depth=self.depth + 1)

    def may_view(self, target: Collection) -> Node | None:
        """The target's view rule, bound; None when this request may see none of its records."""
        if target.view_rule is None and not self.request.is_superuser:
            return None
        try:
            return bind_rule(target.view_rule, scope_of(target, self.request.within("expand"), self.related))
        except FilterError:
            return None


def expand_records(
    records: Sequence[Record], request: RequestInfo, related: RelatedRecords
) -> list[Expanded]:
    """The records, with what the request's ``expand`` asks for."""
    roots = [Expanded(record) for record in records]
    _walk(roots, read_paths(request.query.get("expand", "")), Viewer(request, related))
    return roots


def read_paths(text: str) -> tuple[Path, ...]:
    """The paths of an ``expand`` parameter; one that another goes beyond is not walked for itself.

    >>> read_paths(" author , tags,author.team,,")
    (('tags',), ('author', 'team'))
    """
    parts = (part.strip(".") for part in "".join(text.split()).split(","))
    paths = dict.fromkeys(tuple(part.split(".")) for part in parts if part)
    beginnings = {path[:length] for path in paths for length in range(len(path))}
    return tuple(path for path in paths if path not in beginnings)


def find_step(collection: Collection, name: str, catalog: Catalog) -> Step | None:
    """The relation that a part of a path names."""
    back = next((found for pattern in _BACK_RELATIONS if (found := pattern.fullmatch(name))), None)
    holder = catalog.find(back[1]) if back else collection
    field = holder.field_by_name.get(back[2] if back else name) if holder else None
    if holder is None or not isinstance(field, RelationField):
        return None
    if back:
        return Step(name, holder, field, is_back=True) if field.collection_id == collection.id else None
    target = catalog.find(field.collection_id)
    return Step(name, target, field, is_back=False) if target else None


def _walk(nodes: Sequence[Expanded], paths: Iterable[Path], viewer: Viewer) -> bool:
    """Expand all nodes (of one collection); whether at least one of the paths could be walked."""
    if not nodes or viewer.depth > MAX_DEPTH:
        return True
    rests = _by_first(paths)
    found = (find_step(nodes[0].record.collection, name, viewer.related.catalog) for name in rests)
    steps = [step for step in found if step and viewer.may_view(step.target) is not None]
    viewer.related.fetch([pair for step in steps for node in nodes for pair in step.leads_to(node.record)])
    walked = [_walk_step(nodes, step, rests[step.name], viewer) for step in steps]
    return any(walked)


def _walk_step(nodes: Sequence[Expanded], step: Step, rests: Sequence[Path], viewer: Viewer) -> bool:
    found = _candidates(nodes, step, viewer.related)
    seen = _visible({record.id: record for records in found for record in records}, step, viewer)
    further = [rest for rest in rests if rest]
    if further and not _walk(list(seen.values()), further, viewer.further()):
        return False
    for node, records in zip(nodes, found, strict=True):
        node.put(step.name, [seen[record.id] for record in records if record.id in seen], step.is_single)
    return True


def _candidates(nodes: Sequence[Expanded], step: Step, related: RelatedRecords) -> list[list[Record]]:
    """What each node's relation leads to, whoever may see it."""
    if step.is_back:
        return [
            list(related.referring(step.target, step.field.name, [node.record.id]))[:MAX_REFERRING]
            for node in nodes
        ]
    named = [ids_in(node.record, step.field.name) for node in nodes]
    found = related.by_ids(step.target, [record_id for ids in named for record_id in ids])
    by_id = {record.id: record for record in found}
    return [[by_id[record_id] for record_id in ids if record_id in by_id] for ids in named]


def _visible(records: Mapping[str, Record], step: Step, viewer: Viewer) -> dict[str, Expanded]:
    rule = viewer.may_view(step.target)
    found = matching(rule, records.values(), viewer.related) if rule is not None else ()
    return {record.id: Expanded(record) for record in found}


def _by_first(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """What follows each first part.

    >>> _by_first([("a", "b"), ("c",), ("a", "d")])
    {'a': [('b',), ('d',)], 'c': [()]}
    """
    rests: dict[str, list[Path]] = {}
    for first, *rest in paths:
        rests.setdefault(first, []).append(tuple(rest))
    return rests
