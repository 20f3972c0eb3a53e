"""The requests of a batch: as they are submitted, and what each is about."""

import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.frozen import dataclass
from chalicelib.request import RequestInfo

# What rules see as the type of each body: PocketBase's batches take all of them for forms.
BODY_TYPE = "multipart/form-data"
# Methods, and whether the address names a record.
DOABLE = frozenset({("POST", False), ("PUT", False), ("PATCH", True), ("DELETE", True)})

_PATH = re.compile(r"/api/collections/([^/]+)/records(?:/([^/]+))?")
# What makes a whole address unreadable: a control character, or an escape that is none.
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f]|%(?![0-9a-fA-F]{2})")


@dataclass(frozen=True)
class Asked:
    """One of a batch's requests, as it was submitted."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """What one of them is about. `record_id` is "" for a collection's records.

    `is_counted`: limits have counted it, which they do once however often the batch starts over.
    """

    collection: str
    record_id: str
    request: RequestInfo
    is_counted: bool = False


def read_target(asked: Asked, outer: RequestInfo) -> Target | None:
    """What a request is about; None when it is nothing that batches can do.

    Who asks is said by the batch alone. Its headers count for all, and each may have more.
    """
    path, query = asked.url.partition("?")[0], asked.url.partition("#")[0].partition("?")[2]
    found = _PATH.fullmatch(path)
    if found is None or _UNREADABLE.search(asked.url) or ";" in query:
        return None
    if (asked.method, bool(found[2])) not in DOABLE:
        return None
    given = {name.lower().replace("-", "_"): value for name, value in asked.headers.items()}
    kept = {name: value for name, value in given.items() if name != "authorization"}
    request = replace(
        outer,
        path=path,
        query=dict(reversed(parse_qsl(query, keep_blank_values=True))),
        headers={**outer.headers, **kept, "content_type": BODY_TYPE},
        body=asked.body,
        context="batch",
    )
    return Target(found[1], found[2] or "", request)
