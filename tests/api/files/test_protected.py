"""Protected files and POST /api/files/token."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib import clock
from tests.api.files.conftest import Site, file_part, text_part

LETTERS = "/api/collections/letters/records"


@pytest.fixture
def address(site: Site) -> str:
    """Ann's letter."""
    parts = text_part("owner", "a" * 15), file_part("doc", "letter.txt", b"dear")
    record = site.send_form("POST", LETTERS, *parts, by="root").json()
    return f"/api/files/letters/{record['id']}/{record['doc']}"


def token_of(site: Site, who: str) -> str:
    answered = site.ask("POST", "/api/files/token", by=who)
    assert answered.status == 200
    assert set(answered.json()) == {"token"}
    return str(answered.json()["token"])


def test_guests_get_no_token(site: Site) -> None:
    assert site.ask("POST", "/api/files/token").status == 401


@pytest.mark.parametrize(("who", "status"), [("ann", 200), ("zoe", 404), ("root", 200)])
def test_who_may_see_the_record(site: Site, address: str, who: str, status: int) -> None:
    assert site.get(f"{address}?token={token_of(site, who)}").status == status


def test_other_tokens_do_not_count(site: Site, address: str) -> None:
    assert site.get(address).status == 404
    assert site.ask("GET", address, by="ann").status == 404
    assert site.get(f"{address}?token={site.tokens['ann']}").status == 404
    assert site.get(f"{address}?token=a.b.c").status == 404


def test_a_file_token_signs_nobody_in(site: Site, address: str) -> None:
    token = token_of(site, "root")
    assert site.get(LETTERS, Authorization=token).status == 403


def test_a_token_is_good_for_minutes(site: Site, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token, now = token_of(site, "ann"), clock.now()
    later: Callable[[int], None] = lambda seconds: monkeypatch.setattr(  # noqa: E731
        clock, "now", lambda: now + timedelta(seconds=seconds)
    )
    later(170)
    assert site.get(f"{address}?token={token}").status == 200
    later(190)
    assert site.get(f"{address}?token={token}").status == 404


def test_the_token_is_not_in_the_log(site: Site, address: str, caplog: pytest.LogCaptureFixture) -> None:
    token = token_of(site, "ann")
    with caplog.at_level("DEBUG"):
        site.get(f"{address}?token={token}")
    assert caplog.records
    assert not [each for each in caplog.records if token in str(each.__dict__)]
