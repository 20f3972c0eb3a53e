"""Removing files, and those of them that no record names."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from chalicelib.files.named import files_of
from chalicelib.files.places import Place
from chalicelib.files.store import Store, get_store
from chalicelib.schema.collection import Collection
from chalicelib.storage.records import find_everywhere


def remove_files(places: Sequence[Place]) -> None:
    """Remove files and their thumbs. Raises Overloaded; to do it again does no harm.

    Thumbs are looked for when the files are gone: who makes one meanwhile looks for its file afterwards.
    """
    store = get_store()
    store.remove([place.key for place in places])
    by_record = groupby(sorted(places), key=lambda place: place[:2])
    store.remove([key for _, several in by_record for key in _thumbs(store, list(several))])


def remove_unnamed(places: Sequence[Place], collections: Mapping[str, Collection]) -> None:
    """Remove those of the files that no record names. `collections` are those that there are, by id.

    A name is never given twice and never taken up again: what no record names now, none ever will.
    """
    named = find_named(places, collections)
    remove_files([place for place in places if place not in named])


def find_named(places: Sequence[Place], collections: Mapping[str, Collection]) -> set[Place]:
    """The files that the records of some files name. `collections` are those that there are, by id."""
    known = {place[:2] for place in places if place.collection_id in collections}
    records = find_everywhere([(collections[collection_id], record_id) for collection_id, record_id in known])
    return {place for record in records for place in files_of(record)}


def _thumbs(store: Store, places: Sequence[Place]) -> Iterator[str]:
    """The keys of the thumbs of some files of one record."""
    starts = tuple(place.thumbs for place in places)
    first = places[0]
    common = first.thumbs if len(places) == 1 else f"{first.collection_id}/{first.record_id}/thumbs_"
    return (key for key in store.list_keys(common) if key.startswith(starts))
