"""What has outlived a sign-in is removed, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.ids import new_record_id
from chalicelib.jobs import expired
from chalicelib.jobs.expired import remove_expired
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict
from chalicelib.storage.records import read_pages
from chalicelib.storage.transactions import Create, write_together
from tests.services.records.conftest import blog  # noqa: F401
from tests.services.records.world import change_collection, collection

NOW = clock.now()


def otp(seconds_ago: float, of: str = "_pb_users_auth_", name: str = "_otps") -> str:
    """One that was made so many seconds ago."""
    made = clock.to_text(NOW - timedelta(seconds=seconds_ago))
    target = collection(name)
    given = {"id": new_record_id(), "collectionRef": of, "recordRef": "x", "created": made}
    (record,) = write_together(
        [Create(Record(target, {**{each.name: each.empty for each in target.fields}, **given}))]
    )
    return record.id


def left(name: str = "_otps") -> set[str]:
    return {record.id for page in read_pages(collection(name)) for record in page}


@pytest.fixture
def users(blog: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:  # noqa: F811
    """Users whose one-time passwords live for 60 seconds, while superusers' live for 180."""
    change_collection("users", otp={"duration": 60}, mfa={"duration": 600})
    monkeypatch.setattr(expired.clock, "now", lambda: NOW)
    yield blog


@pytest.mark.parametrize(
    ("seconds", "of", "stays"),
    [
        (59, "_pb_users_auth_", True),
        (60, "_pb_users_auth_", True),
        (61, "_pb_users_auth_", False),
        (61, "_superusers", True),
        (181, "_superusers", False),
        (1, "gone", False),
        (-5, "gone", False),
    ],
)
def test_a_one_time_password(users: Engine, seconds: float, of: str, stays: bool) -> None:
    owner = collection(of).id if of == "_superusers" else of
    made = otp(seconds, owner)
    assert remove_expired("_otps") == int(not stays)
    assert left() == ({made} if stays else set())


def test_each_kind_has_its_time(users: Engine) -> None:
    made = otp(500, name="_mfas")
    otp(601, name="_mfas")
    assert remove_expired("_mfas") == 1
    assert left("_mfas") == {made}
    assert remove_expired("_otps") == 0


def test_the_young_are_not_read(users: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expired, "PORTION", 3)
    old = [otp(1000 - place) for place in range(4)]
    young = [otp(10 - place / 10) for place in range(20)]
    users.calls.reset()
    assert remove_expired("_otps") == len(old)
    assert left() == set(young)
    users.calls.reset()
    assert remove_expired("_otps") == 0
    assert users.calls.by_operation["Query"] <= 2  # the collections, and one page


def test_long_lives_do_not_hide_short_ones(users: Engine) -> None:
    """Superusers' are good for longer: those of users behind them are found."""
    theirs = otp(170, collection("_superusers").id)
    otp(100)
    mine = otp(20)
    assert remove_expired("_otps") == 1
    assert left() == {theirs, mine}


def test_one_that_somebody_else_writes_just_then_is_left(
    users: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = otp(300), otp(200)

    def contended(changes: object) -> None:
        monkeypatch.setattr(expired, "write_together", write_together)
        raise Conflict("x")

    monkeypatch.setattr(expired, "write_together", contended)
    assert remove_expired("_otps") == 1
    assert left() == {first}


def test_time_is_bounded(users: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(5):
        otp(300 - place)
    monkeypatch.setattr(expired, "SECONDS", 0)
    assert remove_expired("_otps") == 1
    monkeypatch.setattr(expired, "SECONDS", 60)
    assert remove_expired("_otps") == 4
