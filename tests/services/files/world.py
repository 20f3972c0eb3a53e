"""Collections with files, uploads to fill them with, and what must be true of records and bucket."""

import io
from collections.abc import Iterable
from typing import Any

from PIL import Image

from chalicelib.collections.load import get_catalog
from chalicelib.files.named import files_of
from chalicelib.files.notes import KIND
from chalicelib.files.store import Store
from chalicelib.records.related import RelatedRecords
from chalicelib.request import Upload
from chalicelib.schema.record import Record
from chalicelib.storage.due_tasks import find_all_tasks
from tests.services.records.world import LOCKED, OPEN, build, relation, text

A, B, C = "a" * 15, "b" * 15, "c" * 15


def file(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "type": "file", **options}


DEFINITIONS: tuple[dict[str, Any], ...] = (
    {
        "name": "papers",
        "fields": [
            text("title"),
            file("one", maxSize=2_000_000),
            file("many", maxSelect=5, maxSize=6_000_000, thumbs=["20x10", "0x10", "20x10t", "20x10f"]),
            file("pic", mimeTypes=["image/png", "image/jpeg"], maxSize=5000),
            file("inner", hidden=True),
        ],
        "indexes": ["CREATE UNIQUE INDEX one_paper ON papers (title) WHERE title != ''"],
        **OPEN,
    },
    {
        "name": "pages",
        "fields": [relation("paper", "papers_id", cascadeDelete=True), file("scan", thumbs=["20x10"])],
        "indexes": [],
        **OPEN,
    },
    {
        "name": "letters",
        "fields": [text("owner"), file("doc", protected=True)],
        "indexes": [],
        **LOCKED | {"viewRule": "owner = @request.auth.id", "createRule": "@request.auth.id != ''"},
    },
    {"name": "vaults", "fields": [file("doc")], "indexes": [], **LOCKED},
)


def build_files() -> None:
    """Store these collections."""
    build(*DEFINITIONS)


def upload(name: str = "hello.txt", content: bytes = b"hello world") -> Upload:
    return Upload(name, "", content)


def png(width: int = 40, height: int = 30, mode: str = "RGB") -> bytes:
    return picture("PNG", width, height, mode)


def picture(kind: str, width: int = 40, height: int = 30, mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, kind, **options)
    return out.getvalue()


def everything() -> list[Record]:
    """All records that may have files."""
    related = RelatedRecords()
    names = [each["name"] for each in DEFINITIONS]
    return [record for each in get_catalog() if each.name in names for record in related.everything(each)]


def named_keys(records: Iterable[Record]) -> set[str]:
    return {place.key for record in records for place in files_of(record)}


def kept_keys(bucket: Store) -> set[str]:
    """What is in the bucket, but for thumbs and uploads."""
    return {key for key in bucket.list_keys("") if "/thumbs_" not in key and not key.startswith("uploads/")}


def notes() -> list[Any]:
    return list(find_all_tasks(KIND, 100))


def require_consistent(bucket: Store) -> None:
    """Every file that a record names is there, nothing else is, and no note is left."""
    assert kept_keys(bucket) == named_keys(everything())
    of_thumbs = {key.split("/thumbs_")[0] for key in bucket.list_keys("") if "/thumbs_" in key}
    assert of_thumbs <= {key.rpartition("/")[0] for key in kept_keys(bucket)}
    assert notes() == []
