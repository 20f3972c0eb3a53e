"""Whether a file is wanted as it is."""

from datetime import UTC, datetime

import pytest

from chalicelib.files.conditions import refused_status, wanted_range
from chalicelib.files.store import Held

HELD = Held("k", "text/plain", 11, datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC), '"abc"')
BEFORE, THEN, AFTER = (f"Sun, 22 Nov 2026 {hour}:00:00 GMT" for hour in ("09", "10", "11"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, None),
        ({"if_none_match": '"abc"'}, 304),
        ({"if_none_match": 'W/"abc"'}, 304),
        ({"if_none_match": '"x", "abc"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, None),
        ({"if_none_match": '"x"', "if_modified_since": AFTER}, None),  # the tag decides
        ({"if_modified_since": THEN}, 304),
        ({"if_modified_since": AFTER}, 304),
        ({"if_modified_since": BEFORE}, None),
        ({"if_modified_since": "yesterday"}, None),
        ({"if_modified_since": "Sunday, 22-Nov-26 11:00:00 GMT"}, 304),
        ({"if_modified_since": "Sunday, 22-Nov-26 11:00:00 PST"}, 304),  # a zone in words says nothing
        ({"if_modified_since": "Sun Nov 22 11:00:00 2026"}, 304),
        ({"if_modified_since": "Sun Nov 22 09:00:00 2026"}, None),
        ({"if_modified_since": "Sun, 22 Nov 2026 11:00:00"}, None),  # no way that HTTP knows, as those below
        ({"if_modified_since": "Sun, 22 Nov 2026 11:00:00 +0000"}, None),
        ({"if_modified_since": "Sun, 22 Nov 2026 11:00:00 PST"}, None),
        ({"if_modified_since": "Sun, 2 Nov 2099 11:00:00 GMT"}, None),
        ({"if_modified_since": "Sun, 31 Feb 2099 11:00:00 GMT"}, None),
        ({"if_match": '"abc"'}, None),
        ({"if_match": "*"}, None),
        ({"if_match": '"x"'}, 412),
        ({"if_match": 'W/"abc"'}, 412),
        ({"if_unmodified_since": BEFORE}, 412),
        ({"if_unmodified_since": THEN}, None),
        ({"if_unmodified_since": "\x00"}, None),
        ({"if_unmodified_since": "Sun Nov 22 09:00:00 2026"}, 412),
    ],
)
def test_refused_status(headers: dict[str, str], status: int | None) -> None:
    assert refused_status(headers, HELD) == status


@pytest.mark.parametrize(
    ("condition", "is_wanted"),
    [
        ("", True),
        ('"abc"', True),
        ('"x"', False),
        ('W/"abc"', False),
        (THEN, True),
        (BEFORE, False),
        ("Sun Nov 22 10:00:00 2026", True),
        ("x", False),
    ],
)
def test_a_part_of_another_version_is_not_wanted(condition: str, is_wanted: bool) -> None:
    headers = {"range": "bytes=0-1", "if_range": condition}
    assert wanted_range(headers, HELD) == ("bytes=0-1" if is_wanted else "")
