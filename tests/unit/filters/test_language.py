"""Every language case, with the answers of the real server (tests/parity/language.py writes them)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib import filters
from chalicelib.filters import FilterError, Scope, SuperusersOnly, Trials
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from tests.unit.filters.world import MemorySource, read_world

FOLDER = Path(__file__).parents[2] / "data" / "filters"
SUPERUSER = "root@example.com"
Case = dict[str, Any]


def read_cases() -> Iterable[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        if path.stem not in ("world", "stored"):
            cases = json.loads(path.read_text())
            yield from (pytest.param(case, id=f"{path.stem}-{n}") for n, case in enumerate(cases))


@pytest.fixture(scope="module")
def source() -> MemorySource:
    return read_world(FOLDER / "stored.json")


@pytest.mark.parametrize("case", list(read_cases()))
def test_agrees_with_the_real_server(case: Case, source: MemorySource) -> None:
    assert answer(case, source) == case["expected"]


def answer(case: Case, source: MemorySource) -> Any:
    source.trials = Trials()
    collection = source.collection(case["in"])
    if "save" in case:
        return explain(case["save"], collection, source.catalog)
    if "update" in case:
        return updates(case, collection, source)
    if "create" in case:
        return creates(case, collection, source)
    return lists(case, collection, source)


def lists(case: Case, collection: Collection, source: MemorySource) -> Any:
    request = request_of(case, source, case.get("as", SUPERUSER if "rule" not in case else None))
    ruled = replace(collection, list_rule=case.get("rule", collection.list_rule))
    catalog = Catalog(ruled if each == collection else each for each in source.catalog)
    scope = Scope(ruled, catalog, request, datetime.now(UTC))
    client = Scope(ruled, catalog, request, scope.now, is_client=True)
    try:
        node, sort = bind_all(case, scope, client)
    except SuperusersOnly:
        return 403
    except FilterError:
        return 400
    plan = filters.make_plan(node, sort, collection)
    found = filters.matching(plan.rest, source.read(collection, plan.access), source)
    ids = [record.id for record in (found if plan.in_order else filters.ordered(found, plan.sort, source))]
    return ids if "sort" in case else sorted(ids)


def bind_all(case: Case, scope: Scope, client: Scope) -> tuple[filters.Node, filters.Sort]:
    for text in (case.get("filter", ""), case.get("sort", "")):
        filters.check_client_text(text, scope.request)
    rule = filters.parse(scope.collection.list_rule or "")
    visible = filters.ALWAYS if scope.request.is_superuser else filters.bind(rule, scope)
    wanted = filters.bind(filters.parse_client_filter(case.get("filter", "")), client)
    sort = filters.bind_sort(filters.parse_sort(case.get("sort", "")), client)
    return filters.both(visible, wanted), sort


def updates(case: Case, collection: Collection, source: MemorySource) -> bool:
    (record,) = source.by_ids(collection, [case["update"]])
    request = request_of(case, source, case["as"], "PATCH", resolve_body(case["body"], record))
    node = filters.bind(
        filters.parse(case["rule"]), Scope(collection, source.catalog, request, datetime.now(UTC))
    )
    return filters.matches(node, record, source)


def creates(case: Case, collection: Collection, source: MemorySource) -> bool:
    fields = collection.field_by_name
    values = {
        name: fields[name].normalize(value) for name, value in case["body"].items() if not fields[name].hidden
    }
    empty = {name: field.empty for name, field in fields.items()}
    record = Record(collection, {**empty, "id": "tempid", **values})
    request = request_of(case, source, case["as"], "POST", resolve_body(case["body"], record))
    scope = Scope(collection, source.catalog, request, datetime.now(UTC), root=filters.NEW_ROOT)
    try:
        return filters.matches(filters.bind(filters.parse(case["rule"]), scope), record, source)
    except FilterError:
        return False


def resolve_body(body: dict[str, Any], record: Record) -> dict[str, Any]:
    """The body as rules see it: modifiers applied, hidden fields dropped (records/values.py does it)."""
    shown = {}
    for key, value in body.items():
        name = key.strip("+-")
        field = record.collection.field_by_name.get(name)
        if field is None or name == key:
            shown[key] = value
        else:
            modifier = "append" if key.endswith("+") else "subtract"
            shown[name] = field.modify(modifier, record.get(name), value)
    fields = record.collection.field_by_name
    return {name: value for name, value in shown.items() if name not in fields or not fields[name].hidden}


def explain(text: str, collection: Collection, catalog: Catalog) -> str | None:
    error = filters.check_rule(text, collection, catalog)
    return f"Invalid rule. Raw error: {error.message}." if error else None


def request_of(
    case: Case, source: MemorySource, who: str | None, method: str = "GET", body: dict[str, Any] | None = None
) -> RequestInfo:
    query = {name: case[name] for name in ("filter", "sort") if name in case} | case.get("query", {})
    headers = {name.lower().replace("-", "_"): value for name, value in case.get("headers", {}).items()}
    return RequestInfo(method, query=query, headers=headers, body=body or {}, auth=find_auth(who, source))


def find_auth(who: str | None, source: MemorySource) -> Record | None:
    if who is None:
        return None
    if who == SUPERUSER:
        superusers = Collection.from_json({"id": "csuperusers", "name": "_superusers", "type": "auth"})
        return Record(superusers, {"id": "root", "email": SUPERUSER})
    found: Sequence[Record] = source.by_ids(source.collection("people"), [who])
    return found[0]
