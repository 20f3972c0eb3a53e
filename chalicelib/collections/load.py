"""All collections' definitions, kept in memory for a moment and reloaded when they changed.

The settings come by the same read, as they are stored (chalicelib/settings/load.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from chalicelib import clock
from chalicelib.config import get_config
from chalicelib.errors import NotFound
from chalicelib.frozen import dataclass
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.storage.collections import load_all, read_version

MISSING = "Missing collection context."


@dataclass(frozen=True)
class Snapshot:
    """All collections and the settings at one version, and when it was last known to be the newest."""

    catalog: Catalog
    settings: Mapping[str, Any]
    version: str
    checked: int


class _Memory:
    """What this process holds. The lock is for whoever replaces it; readers need none."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.held: Snapshot | None = None


_memory = _Memory()


def get_catalog() -> Catalog:
    """All collections, as fresh as CONFIG_TTL says."""
    return get_snapshot().catalog


def peek_catalog() -> Catalog:
    """What is in memory, however old (loaded when nothing is): for who calls `note_version` next."""
    return peek_snapshot().catalog


def peek_snapshot() -> Snapshot:
    """The same with everything else."""
    return _memory.held or _reload(None)


def get_catalog_with(name_or_id: str) -> Catalog:
    """All collections; the newest when this one is not in memory: it may have been made a moment ago."""
    catalog = get_catalog()
    return catalog if catalog.find(name_or_id) else get_newest().catalog


def get_collection(name_or_id: str) -> Collection:
    """One collection. Raises NotFound."""
    found = get_catalog_with(name_or_id).find(name_or_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def get_snapshot() -> Snapshot:
    """All collections and the version they are of, as fresh as CONFIG_TTL says."""
    held = _memory.held
    return get_newest() if held is None or is_stale() else held


def get_newest() -> Snapshot:
    """All collections as they are now: for whoever manages them, through functions that share no memory."""
    return _reload(None) if _memory.held is None else _confirm(read_version())


def is_stale() -> bool:
    """Whether the version has to be asked for before the catalog may be used."""
    held = _memory.held
    return held is None or clock.unix_milliseconds() - held.checked >= get_config().config_ttl * 1000


def note_version(version: str) -> None:
    """Tell which version is stored, when a caller happened to read it: a reload only if it differs."""
    _confirm(version)


def note_saved(saved: Snapshot, former: str) -> None:
    """Keep what this process has just saved, unless a thread has seen more than the former version since."""
    with _memory.lock:
        is_next = _memory.held is not None and _memory.held.version == former
        _memory.held = replace(saved, checked=clock.unix_milliseconds()) if is_next else None


def forget() -> None:
    """Drop what is in memory."""
    with _memory.lock:
        _memory.held = None


def _confirm(version: str) -> Snapshot:
    held = _memory.held
    if held is None or held.version != version:
        return _reload(version)
    confirmed = replace(held, checked=clock.unix_milliseconds())
    with _memory.lock:
        if _memory.held is held:
            _memory.held = confirmed
    return confirmed


def _reload(version: str | None) -> Snapshot:
    """Load everything, unless another thread has done it: it held this version, or any when None will do."""
    with _memory.lock:
        held = _memory.held
        if held is not None and version in (None, held.version):
            return held
        checked = clock.unix_milliseconds()
        stored = load_all()
        collections = (Collection.from_stored(each) for each in stored.definitions)
        # A space begins with the time it was made at: the order of creation.
        catalog = Catalog(sorted(collections, key=lambda collection: collection.space))
        _memory.held = Snapshot(catalog, stored.settings, stored.version, checked)
        return _memory.held
