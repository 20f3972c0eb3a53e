"""Files of a data directory, put into the bucket: thumbs, types and original names included."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from chalicelib.files.store import get_store
from chalicelib.pocketbase.data_folder import BESIDE, find_files
from chalicelib.schema.media import media_type_of

AT_ONCE = 64
WRITERS = 8


def import_files(storage: Path, collection_ids: Sequence[str], after: str) -> Iterator[tuple[int, str]]:
    """Put these collections' files whose keys come after one; by portions how many, and the last key."""
    waiting = [key for key in list_files(storage, collection_ids) if key > after]
    with ThreadPoolExecutor(WRITERS) as pool:
        for start in range(0, len(waiting), AT_ONCE):
            portion = waiting[start : start + AT_ONCE]
            for _ in pool.map(lambda key: _put(storage, key), portion):
                pass
            yield len(portion), portion[-1]


def list_files(storage: Path, collection_ids: Sequence[str]) -> list[str]:
    """The keys of all files, sorted: they are in the bucket where they are in the directory."""
    found = (file for each in collection_ids for file in find_files(storage / each))
    return sorted(file.relative_to(storage).as_posix() for file in found)


def _put(storage: Path, key: str) -> None:
    file = storage / key
    content, beside = file.read_bytes(), _read_beside(file)
    media_type = str(beside.get("user.content_type") or media_type_of(content).name)
    original = (beside.get("user.metadata") or {}).get("original-filename", "")
    get_store().put(key, content, media_type, str(original))


def _read_beside(file: Path) -> dict[str, Any]:
    """What PocketBase has noted about a file; nothing where it has not."""
    try:
        found = json.loads(file.with_name(file.name + BESIDE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
