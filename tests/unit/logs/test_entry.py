"""What is kept of a request, by the settings. Cases were asked of PocketBase."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.logs.entry import TRUNCATED, Seen, details_of, entry_of, is_kept, truncate
from chalicelib.settings.model import Logs

DEFAULTS = Logs()
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImFiYyJ9.c2lnbmF0dXJlLW9mLWl0"
OK = Seen(
    method="GET",
    url="/api/health",
    status=200,
    milliseconds=1.5,
    remote_ip="1.2.3.4",
    user_ip="5.6.7.8",
    auth="users",
    auth_id="ann",
    referer="http://x/",
    user_agent="me",
)
REFUSED = replace(OK, status=404, error="File not found.")

KEPT = [
    (OK, {}, True),
    (REFUSED, {}, True),
    (OK, {"min_level": -4}, True),
    (OK, {"min_level": 1}, False),
    (REFUSED, {"min_level": 4}, True),
    (REFUSED, {"min_level": 8}, True),
    (REFUSED, {"min_level": 9}, False),
    (replace(OK, status=302), {"min_level": 8}, False),
    (replace(OK, status=500), {"min_level": 8}, True),
    (OK, {"max_days": 0}, False),
    (REFUSED, {"max_days": 0}, False),
    (replace(OK, url="/api/logs"), {}, False),
    (replace(OK, url="/api/logs?page=2"), {}, False),
    (replace(OK, url="/api/logs/stats"), {}, False),
    (replace(REFUSED, url="/api/logs/nope"), {}, True),
]


@pytest.mark.parametrize(("seen", "settings", "kept"), KEPT)
def test_which_are_kept(seen: Seen, settings: dict[str, Any], kept: bool) -> None:
    assert is_kept(seen, replace(DEFAULTS, **settings)) is kept


def test_all_that_is_told() -> None:
    entry = entry_of(OK, DEFAULTS)
    assert (entry.level, entry.message) == (0, "GET /api/health")
    assert list(entry.data.items()) == [
        ("auth", "users"),
        ("execTime", 1.5),
        ("method", "GET"),
        ("referer", "http://x/"),
        ("remoteIP", "1.2.3.4"),
        ("status", 200),
        ("type", "request"),
        ("url", "/api/health"),
        ("userAgent", "me"),
        ("userIP", "5.6.7.8"),
    ]


def test_a_refusal_has_a_reason() -> None:
    data = entry_of(replace(REFUSED, details="why"), DEFAULTS).data
    assert list(data)[:4] == ["auth", "details", "error", "execTime"]
    assert (data["error"], data["details"]) == ("File not found.", "why")


@pytest.mark.parametrize(
    ("settings", "there", "away"),
    [
        ({"log_ip": False}, (), ("remoteIP", "userIP")),
        ({"log_auth_id": True}, ("authId", "remoteIP"), ()),
        ({"log_auth_id": False}, ("auth",), ("authId",)),
    ],
)
def test_what_is_told_of_people(settings: dict[str, Any], there: tuple[str], away: tuple[str]) -> None:
    data = entry_of(OK, replace(DEFAULTS, **settings)).data
    assert set(there) <= data.keys() and not set(away) & data.keys()


@pytest.mark.parametrize(
    "seen",
    [
        replace(OK, url=f"/api/files/a/b/c.png?token={TOKEN}"),
        replace(OK, url=f"/api/x/{TOKEN}"),
        replace(OK, url="/api/x?password=hunter2&a=b"),
        replace(OK, url="/api/x?filter=tokenKey%3D%27hunter2%27"),
        replace(OK, referer="http://x/?password=hunter2"),
        replace(OK, referer=f"http://x/#{TOKEN}"),
        replace(OK, user_agent=TOKEN),
        replace(REFUSED, error=f"no {TOKEN}"),
    ],
)
def test_secrets_stay_out(seen: Seen) -> None:
    entry = entry_of(seen, DEFAULTS)
    written = json.dumps([entry.message, entry.data])
    assert "hunter2" not in written and TOKEN not in written
    assert "***" in written


def test_messages_are_readable() -> None:
    assert (
        entry_of(replace(OK, url="/api/x?filter=%28a%3D%C3%A9"), DEFAULTS).message == "GET /api/x?filter=(a=é"
    )


def test_long_texts_are_cut() -> None:
    entry = entry_of(
        replace(OK, url="/x?a=" + "y" * 9000, referer="r" * 9000, user_agent="u" * 9000), DEFAULTS
    )
    lengths = {name: len(entry.data[name]) for name in ("url", "referer", "userAgent")}
    assert lengths == {"url": 3003, "referer": 2003, "userAgent": 2003}
    assert len(entry.message) == 3007 and entry.message.endswith("y...")


# What PocketBase left of these with a maxDataSize of 150.
CUT = [
    (
        {"auth": "", "details": None, "error": "File not found.", "execTime": 0.048372, "method": "GET",
         "referer": "", "remoteIP": "127.0.0.1", "status": 404, "type": "request", "url": "/api/nope"},
        ["auth", "details", "error", "execTime", "method", "referer", "remoteIP", "status", "type"],
        "type",
    ),
    (
        {"auth": "", "details": {"password": "cannot be blank", "passwordConfirm": "cannot be blank"},
         "error": "Failed to create record.", "execTime": 0.320877, "method": "POST"},
        ["auth", "details", "error", "execTime"],
        "",
    ),
    (
        {"auth": "_superusers", "authId": "gmlks74un2d3f8m", "execTime": 2.153205, "method": "GET",
         "referer": "", "remoteIP": "127.0.0.1", "status": 200, "type": "request", "url": "/api/collections"},
        ["auth", "authId", "execTime", "method", "referer", "remoteIP", "status", "type"],
        "",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "names", "emptied"), CUT)
def test_large_data_is_cut_as_pocketbase_cuts_it(
    data: dict[str, Any], names: list[str], emptied: str
) -> None:
    left = truncate(data, 150)
    assert list(left) == [TRUNCATED, *names]
    assert [name for name in names if left[name] != data[name]] == ([emptied] if emptied else [])
    assert not emptied or left[emptied] is None


TEXTS = st.text(max_size=9)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))


@examples(max_examples=50)
@given(st.dictionaries(TEXTS, VALUES, max_size=6), st.integers(2, 100))
def test_what_is_left_is_never_larger(data: dict[str, Any], most: int) -> None:
    left = truncate(data, most)
    if TRUNCATED not in left:
        assert left == data
        return
    whole = {name: value for name, value in left.items() if name != TRUNCATED and value is not None}
    text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False)
    assert len(text.encode("utf-8", "replace")) <= most + 1  # the closing brace
    assert all(data[name] == value for name, value in whole.items())


@pytest.mark.parametrize("size", [0, 16 * 1024])
def test_sixteen_kilobytes_are_the_default(size: int) -> None:
    details = {f"field{n}": "x" * 90 for n in range(300)}
    entry = entry_of(replace(REFUSED, details=details), replace(DEFAULTS, max_data_size=size))
    assert entry.data[TRUNCATED] is True and entry.data["details"] is None


def test_details_of_nested_problems() -> None:
    data = {"a": {"b": {"code": "x", "message": "Is wrong."}}, "requests": {"0": {"c": "not a problem"}}}
    assert details_of(data) == {"a": {"b": "is wrong"}, "requests": {"0": {}}}


def test_what_a_request_of_a_batch_was_answered_is_told_whole() -> None:
    failed = {"code": "x", "message": "Batch request failed.", "response": {"status": 404, "data": {}}}
    assert details_of({"requests": {"1": failed}}) == {"requests": {"1": failed}}
