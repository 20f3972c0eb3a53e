"""``If-None-Match`` and its kind: whether a file is wanted as it is now."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chalicelib.files.store import Held

# HTTP's three ways of writing a moment, all of them in UTC; whatever else is said is as if it were not.
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_MOMENTS = re.compile(
    rf"[A-Z][a-z]{{2}}, [0-9]{{2}} [A-Z][a-z]{{2}} [0-9]{{4}} {_TIME} GMT"
    rf"|[A-Z][a-z]+, [0-9]{{2}}-[A-Z][a-z]{{2}}-[0-9]{{2}} {_TIME} [A-Z]{{3,4}}"
    rf"|[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ 0-9][0-9] {_TIME} [0-9]{{4}}"
)


def refused_status(headers: Mapping[str, str], held: Held) -> int | None:
    """304 when the client has the file, 412 when it wants another; None when it is to be sent."""
    if match := headers.get("if_match"):
        if not _names(match, held.etag, weak=False):
            return 412
    elif (since := _moment(headers.get("if_unmodified_since"))) and held.modified > since:
        return 412
    if match := headers.get("if_none_match"):
        return 304 if _names(match, held.etag, weak=True) else None
    since = _moment(headers.get("if_modified_since"))
    return 304 if since and held.modified <= since else None


def wanted_range(headers: Mapping[str, str], held: Held) -> str:
    """The Range header, unless it is of another version of the file."""
    condition = headers.get("if_range", "")
    is_same = not condition or condition == held.etag or _moment(condition) == held.modified
    return headers.get("range", "") if is_same else ""


def _names(header: str, etag: str, *, weak: bool) -> bool:
    tags = [tag.strip() for tag in header.split(",")]
    return "*" in tags or etag in [tag.removeprefix("W/") if weak else tag for tag in tags]


def _moment(text: str | None) -> datetime | None:
    if not text or not _MOMENTS.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:
        return None
