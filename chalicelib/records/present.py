"""Records as a request may see them: JSON without hidden fields, e-mails of others and secrets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import BadRequest
from chalicelib.filters import FilterError, matching
from chalicelib.records.access import bind_rule, scope_of
from chalicelib.records.expand import Expanded, as_list, expand_records
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.password import PasswordField
from chalicelib.schema.record import Record

# An answer repeats a record wherever a path leads to it: six levels there and back multiply.
MAX_SHOWN = 20_000
TOO_MUCH = f"The expand would repeat records more than {MAX_SHOWN} times in all: shorten its paths"

# Never shown to anybody, not even to superusers.
AUTH_SECRETS = frozenset({"password", "tokenKey"})


@dataclass
class Shown:
    """JSON of one record, and how many records it holds."""

    data: dict[str, Any]
    size: int


@dataclass
class Presenter:
    """Turns records into JSON for one request. A record that several paths lead to is turned once."""

    request: RequestInfo
    with_email: frozenset[tuple[str, str]]
    done: dict[int, Shown] = field(default_factory=dict)

    def show(self, node: Expanded) -> Shown:
        """JSON of a record and of what was expanded from it."""
        if id(node) not in self.done:
            self.done[id(node)] = self._show(node)
        return self.done[id(node)]

    def _show(self, node: Expanded) -> Shown:
        data, size = self._fields(node.record), 1
        if node.related is not None:
            data["expand"] = {}
            for name, found in sorted(node.related.items()):
                shown = [self.show(each) for each in as_list(found)]
                size += sum(each.size for each in shown)
                is_list = isinstance(found, list)
                data["expand"][name] = [each.data for each in shown] if is_list else shown[0].data
        return Shown(dict(sorted(data.items())), size)

    def _fields(self, record: Record) -> dict[str, Any]:
        collection = record.collection
        shown = {
            field.name: _value(field, record) for field in collection.fields if self._is_shown(field, record)
        }
        return {**shown, "collectionId": collection.id, "collectionName": collection.name}

    def _is_shown(self, field: Field, record: Record) -> bool:
        if not record.collection.is_auth:
            return self.request.is_superuser or not field.hidden
        if field.name in AUTH_SECRETS:
            return False
        if field.name == "email" and (record.collection.id, record.id) not in self.with_email:
            return False
        return self.request.is_superuser or not field.hidden


@refusals_as_answers()
def present(records: Sequence[Record], request: RequestInfo, related: RelatedRecords) -> list[dict[str, Any]]:
    """JSON of each record, in order, expanded as ``?expand=`` asks."""
    roots = expand_records(records, request, related)
    seen = [node.record for node in _all_of(roots)]
    presenter = Presenter(request, frozenset(_with_email(seen, request, related)))
    shown = [presenter.show(root) for root in roots]
    if sum(each.size for each in shown) > MAX_SHOWN:
        raise BadRequest(TOO_MUCH)
    return [each.data for each in shown]


def _with_email(
    records: Iterable[Record], request: RequestInfo, related: RelatedRecords
) -> Iterator[tuple[str, str]]:
    """Which auth records show their e-mail: public ones, one's own, and those one manages."""
    closed: dict[str, list[Record]] = {}
    for record in records:
        if record.get("emailVisibility") or request.is_superuser or _is_own(record, request):
            yield record.collection.id, record.id
        elif record.collection.is_auth:
            closed.setdefault(record.collection.id, []).append(record)
    for some in closed.values():
        yield from ((record.collection.id, record.id) for record in _managed(some, request, related))


def _managed(records: Sequence[Record], request: RequestInfo, related: RelatedRecords) -> Iterable[Record]:
    """Those of the records, of one collection, that the manageRule lets this request see whole."""
    collection: Collection = records[0].collection
    rule = collection.auth.manage_rule if collection.auth else None
    if not rule:
        return ()
    try:
        bound = bind_rule(rule, scope_of(collection, request, related))
    except FilterError:
        return ()
    return matching(bound, records, related)


def _is_own(record: Record, request: RequestInfo) -> bool:
    auth = request.auth
    return auth is not None and auth.id == record.id and auth.collection.id == record.collection.id


def _all_of(roots: Iterable[Expanded]) -> Iterator[Expanded]:
    """Every node, each once."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            for found in (node.related or {}).values():
                waiting.extend(as_list(found))


def _value(field: Field, record: Record) -> Any:
    """A field's value as it is shown: passwords are there, but empty."""
    return "" if isinstance(field, PasswordField) else record.values.get(field.name, field.empty)
