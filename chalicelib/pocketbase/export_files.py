"""Files out of the bucket into a data directory's storage, as PocketBase keeps them there."""

import base64
import hashlib
import html
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from chalicelib.files.store import Missing, get_store
from chalicelib.pocketbase.data_folder import BESIDE
from chalicelib.pocketbase.import_files import AT_ONCE, WRITERS
from chalicelib.schema.sqlite_values import write_json

UNFINISHED = ".unfinished"


def export_files(storage: Path, collection_ids: Sequence[str]) -> Iterator[int]:
    """Fetch all files of these collections; how many, by portions. What is there already stays."""
    keys = (key for each in collection_ids for key in get_store().list_keys(f"{each}/") if _is_inside(key))
    with ThreadPoolExecutor(WRITERS) as pool:
        while portion := list(islice(keys, AT_ONCE)):
            for _ in pool.map(lambda key: _fetch(storage / key, key), portion):
                pass
            yield len(portion)


def _is_inside(key: str) -> bool:
    """Whether a key is a file's, and leads nowhere else."""
    return not key.endswith("/") and ".." not in PurePosixPath(key).parts


def _fetch(file: Path, key: str) -> None:
    if file.exists():
        return
    try:
        answer = get_store().ask("GetObject", Key=key)
    except Missing:  # removed since it was listed
        return
    content = bytes(answer["Body"].read())
    file.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    beside = write_json(describe_file(answer, digest))
    file.with_name(file.name + BESIDE).write_text(beside, encoding="utf-8")
    new = file.with_name(file.name + UNFINISHED)
    new.write_bytes(content)
    put_in_place(new, file)


def put_in_place(new: Path, file: Path) -> None:
    """Give a finished file its name: not before all of it is on the disk."""
    sync(new)
    new.replace(file)


def sync(place: Path) -> None:
    """Wait until a file's content, or a directory's names, are on the disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def describe_file(answer: Mapping[str, Any], digest: bytes) -> dict[str, Any]:
    """What PocketBase keeps beside a file; `digest` is its MD5."""
    original = html.unescape(answer.get("Metadata", {}).get("original-filename", ""))
    return {
        "user.cache_control": "",
        "user.content_disposition": "",
        "user.content_encoding": "",
        "user.content_language": "",
        "user.content_type": answer.get("ContentType", ""),
        "user.metadata": {"original-filename": original} if original else {},
        "md5": base64.b64encode(digest).decode(),
    }
