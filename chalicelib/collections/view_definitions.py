"""Views among the collections that are saved: their fields follow from their queries and what they read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from chalicelib.errors import BadRequest
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.views.derive import check_ids, derive_again, derive_view, reads

# A view with what follows from its query, or with its `view_failure`.
Derive: TypeAlias = Callable[[Collection, Catalog], Collection]

BROKEN = "Failed to update collection. Raw error: \nfailed to {what} column {name} - {reason}."
MISSING_COLUMN = re.compile(r"no such column: (?:\w+\.)*(\w+)")


def with_derived(new: Collection, catalog: Catalog, former: Collection | None = None) -> Collection:
    """A definition that is to be saved: a view's with what follows from its query.

    Its records are read only where the query is not the former one: rules must be closed, for instance,
    though there is too much to read.
    """
    if new.type != "view" or not new.view_query:
        return replace(new, fields=(), sources={}) if new.type == "view" else new
    made = derive_view(new, catalog)
    is_known = former is not None and former.view_query == new.view_query
    return made if made.view_failure or is_known else replace(made, view_failure=check_ids(made, catalog))


def derive_all(
    put: Sequence[Collection], catalog: Catalog, derive: Derive = with_derived
) -> list[Collection]:
    """The same for many definitions that may read each other; `catalog` has them all."""
    made = {each.id: each for each in put if each.type == "view"}
    waiting = list(made.values())
    while waiting:
        after = Catalog([made.get(each.id, each) for each in catalog])
        derived = [derive(each, after) for each in waiting]
        made |= {each.id: each for each in derived}
        left = [each for each in derived if each.view_failure]
        if len(left) == len(waiting):
            break
        waiting = left
    return [made.get(each.id, each) if each.type == "view" else each for each in put]


def views_after(new: Collection, old: Collection, catalog: Catalog) -> list[Collection]:
    """The views that look different once a collection has changed; `catalog` is the one with it.

    Raises BadRequest where a view would lose a column of a table that it shows. A view that another view is
    made of may change as it likes, as in PocketBase: what cannot be read any more is refused when it is read.
    """
    changed: dict[str, Collection] = {}
    after = catalog
    for view in [each for each in catalog if each.id != new.id and reads(each, new, catalog)]:
        made = derive_again(view, after)
        if made.view_failure:
            if new.type != "view":
                raise BadRequest(_broken(view, made.view_failure, (new, old)))
            continue
        if made.fields != view.fields:
            changed[view.id] = made
            after = Catalog([changed.get(each.id, each) for each in catalog])
    return list(changed.values())


def views_of(collection: Collection, catalog: Catalog) -> list[Collection]:
    """The views that read a collection themselves."""
    return [each for each in catalog if collection.id in each.sources.values()]


def _broken(view: Collection, reason: str, change: tuple[Collection, Collection]) -> str:
    new, old = change
    found = MISSING_COLUMN.search(reason)
    lost = old.field_by_name.get(found[1]) if found else None
    is_renamed = lost is not None and lost.id in new.field_by_id
    told = reason.replace("SQL logic error: ", "").removesuffix(" (1)")
    when = "rename" if is_renamed else "drop column"
    return BROKEN.format(
        what="rename" if is_renamed else "drop",
        name=found[1] if found else "",
        reason=f"SQL logic error: error in view {view.name} after {when}: {told} (1)",
    )
