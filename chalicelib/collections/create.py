"""Making collections."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from chalicelib import clock
from chalicelib.collections.build import build_at_once
from chalicelib.collections.check import check_saving
from chalicelib.collections.reading import read_new, refuse_invalid, refuse_name
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.view_definitions import with_derived
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.changes import with_access
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.system import default_collections
from chalicelib.storage.settings import keep_cursor_secret

MAX_RENEWED = 50


def create_collection(body: Mapping[str, Any]) -> dict[str, Any]:
    """Make a collection as a superuser defines it, and show it. Raises ValidationFailed, BadRequest."""
    change = save_change(lambda catalog: Change((_decide(body, catalog),)))
    return change.put[0].to_json()


def ensure_defaults() -> None:
    """Store the system collections, and `users` where there is nothing yet. Does nothing the second time.

    Collections that were stored before there were slots get theirs. And the secret that lists by cursor need
    is made here: the functions that read lists may write nothing.
    """
    keep_cursor_secret()
    while change := save_change(_missing_defaults):
        build_at_once(change)


def _decide(body: Mapping[str, Any], catalog: Catalog) -> Collection:
    now = clock.to_text(clock.now())
    new = complete(read_new(body), taken={each.id for each in catalog})
    new = replace(new, created=now, updated=now)
    new = with_derived(new, catalog)
    after = Catalog([*catalog, new])
    refuse_invalid("create", check_saving(new, None, after))
    refuse_name("create", new, None, after)
    return new


def _missing_defaults(catalog: Catalog) -> Change:
    now = clock.to_text(clock.now())
    wanted = (each for each in default_collections() if each.system or not len(catalog))
    missing = [replace(each, created=now, updated=now) for each in wanted if not catalog.find(each.id)]
    return Change((*missing, *_outdated(catalog)))


def _outdated(catalog: Catalog) -> Iterator[Collection]:
    """The collections that lack a slot or edges, with them; as many as surely fit into one transaction."""
    renewed = ((each, with_access(each, each)) for each in catalog)
    return islice(
        (new for old, new in renewed if (new.slots, new.edges) != (old.slots, old.edges)), MAX_RENEWED
    )
