"""Several changes of records in one request: all of them or none.

Each is decided on as if the ones before it had happened (pending.py), and then all are written in one
transaction. Who loses to another write decides on all of them again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

from chalicelib import clock
from chalicelib.collections.load import get_catalog, get_newest
from chalicelib.errors import ApiError, BadRequest
from chalicelib.limits.actions import RECORD, RECORDS
from chalicelib.limits.limit import limit_request
from chalicelib.picking import PickError, pick
from chalicelib.records.access import MISSING, require_collection
from chalicelib.records.batch_requests import Asked, Target, read_target
from chalicelib.records.create import FAILED as CREATE_FAILED
from chalicelib.records.create import decide_create
from chalicelib.records.decided import write_decided
from chalicelib.records.delete import decide_delete
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import taken_as_problems
from chalicelib.records.update import FAILED as UPDATE_FAILED
from chalicelib.records.update import decide_update
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.storage.failures import Conflict, IdTaken, NotUnique

FAILED = "Batch transaction failed."
ONE_FAILED = {"code": "batch_request_failed", "message": "Batch request failed."}
INTERNAL = 500
# A gateway gives up after 29.
LONGEST_SECONDS = 25

Result: TypeAlias = dict[str, Any]


@refusals_as_answers()
def run_batch(several: Sequence[Asked], request: RequestInfo, seconds: int) -> list[Result]:
    """Carry out all of the requests, each by its own rule, or none; answers status and body of each.

    Raises BadRequest, which tells which request failed and how; or, past so many seconds, just that it did.
    """
    targets = [read_target(asked, request) for asked in several]
    catalog = _catalog_with({target.collection for target in targets if target})
    until = clock.stopwatch() + min(seconds, LONGEST_SECONDS) * 1000

    def run() -> list[Result]:
        nonlocal targets
        related = RelatedRecords(catalog)
        related.pending.is_of_several = True
        results = []
        for index, (asked, target) in enumerate(zip(several, targets, strict=True)):
            _refuse_late(until)
            with _told_apart(index), refusals_as_answers():
                results.append(_take(asked.method, target, related))
        _refuse_late(until)
        targets = [target and replace(target, is_counted=True) for target in targets]
        _write(related)
        return results

    return start_over_on_conflict(run)


def _catalog_with(names: set[str]) -> Catalog:
    """All collections; the newest when one of these is not in memory."""
    catalog = get_catalog()
    return catalog if all(map(catalog.find, names)) else get_newest().catalog


def _take(method: str, target: Target | None, related: RelatedRecords) -> Result:
    """Decide on one request; what it answers."""
    if target is None:
        raise BadRequest()
    require_collection(related.catalog, target.collection, MISSING)
    body = _ACTIONS[method, bool(target.record_id)](target, related)
    if body is None:
        return {"body": None, "status": 204}
    try:
        return {"body": pick(body, target.request.query.get("fields", "")), "status": 200}
    except PickError as error:
        raise BadRequest() from error


def _create(target: Target, related: RelatedRecords) -> Mapping[str, Any]:
    request = _limited(target, "POST")
    with taken_as_problems(CREATE_FAILED):
        return decide_create(target.collection, request, related)


def _update(target: Target, related: RelatedRecords) -> Mapping[str, Any]:
    request = _limited(target, "PATCH")
    with taken_as_problems(UPDATE_FAILED):
        return decide_update(target.collection, target.record_id, request, related)


def _upsert(target: Target, related: RelatedRecords) -> Mapping[str, Any]:
    """Change the record whose id the body names, if there is one; else create it."""
    collection = require_collection(related.catalog, target.collection, MISSING)
    given = target.request.body.get("id")
    record_id = given if isinstance(given, str) else ""
    is_there = bool(record_id) and related.find(collection, record_id) is not None
    return _update(replace(target, record_id=record_id), related) if is_there else _create(target, related)


def _delete(target: Target, related: RelatedRecords) -> None:
    decide_delete(target.collection, target.record_id, _limited(target, "DELETE"), related)


def _limited(target: Target, method: str) -> RequestInfo:
    """The request as it would come by itself, counted by the limits. Raises TooManyRequests."""
    request = replace(target.request, method=method)
    if not target.is_counted:
        parameters = {"collection": target.collection, "record": target.record_id}
        limit_request(request, RECORD if target.record_id else RECORDS, parameters)
    return request


# By method, and whether the address names a record: what is DOABLE.
_ACTIONS: Mapping[tuple[str, bool], Callable[[Target, RelatedRecords], Mapping[str, Any] | None]] = {
    ("POST", False): _create,
    ("PUT", False): _upsert,
    ("PATCH", True): _update,
    ("DELETE", True): _delete,
}


@contextmanager
def _told_apart(index: int) -> Iterator[None]:
    """Within it, refusals become the batch's, which names the request that was refused."""
    try:
        yield
    except ApiError as error:
        if error.status >= INTERNAL:
            raise
        told = {**ONE_FAILED, "response": error.to_json()}
        raise BadRequest(FAILED, {"requests": {str(index): told}}) from error


def _refuse_late(until: float) -> None:
    if clock.stopwatch() > until:
        raise BadRequest(FAILED)


def _write(related: RelatedRecords) -> None:
    try:
        write_decided(related)
    except (IdTaken, NotUnique) as taken:
        # It was free when it was decided on: somebody else took it meanwhile.
        raise Conflict(str(taken)) from taken
