"""Batches to run on the blog, and what they leave."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import BadRequest
from chalicelib.records.batch import run_batch
from chalicelib.records.batch_requests import Asked
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from tests.services.records.world import ask, collection

A, B, C = "a" * 15, "b" * 15, "c" * 15
SECONDS = 60
NAMES = ("authors", "tags", "posts", "comments", "notes")


def post(name: str, /, **body: Any) -> Asked:
    return Asked("POST", f"/api/collections/{name}/records", body=body)


def put(name: str, /, **body: Any) -> Asked:
    return Asked("PUT", f"/api/collections/{name}/records", body=body)


def patch(name: str, record_id: str, /, **body: Any) -> Asked:
    return Asked("PATCH", f"/api/collections/{name}/records/{record_id}", body=body)


def delete(name: str, record_id: str) -> Asked:
    return Asked("DELETE", f"/api/collections/{name}/records/{record_id}")


def run(*several: Asked, by: Record | None = None) -> list[dict[str, Any]]:
    return run_batch(several, ask(by), SECONDS)


def refusal(*several: Asked, by: Record | None = None) -> tuple[str, Mapping[str, Any]]:
    """The number of the request that was refused, and its answer."""
    with pytest.raises(BadRequest) as caught:
        run(*several, by=by)
    (told,) = caught.value.data["requests"].items()
    return told[0], told[1]["response"]


def stored() -> dict[str, dict[str, tuple[int, Any]]]:
    """All records: how often each was written, and its values."""
    related = RelatedRecords()
    found = {name: list(related.everything(collection(name))) for name in NAMES}
    return {name: {each.id: (each.rev, each.values) for each in records} for name, records in found.items()}
