"""The second factor: who is asked for it, and what passes for one."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.auth import mfa as module
from chalicelib.auth.mfa import MOST_WAITING, needs_second_factor, read_mfa_id, require_second_factor
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.errors import BadRequest, SecondFactorNeeded
from chalicelib.records.attached import MFAS, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import Mfa
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import write_together
from tests.people import add_person, change_person, set_auth_options
from tests.storage.faults import Killed, Mortal

JSON = {"content_type": "application/json"}


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", mfa=Mfa(enabled=True, duration=60))
    return find_again(add_person(id="annannannannann", email="ann@example.com"))


@pytest.fixture
def root(defaults: Engine) -> Record:
    return add_person("_superusers", id="rootrootrootroo", email="root@example.com", verified=True)


def find_again(record: Record) -> Record:
    found = find_record(get_collection(record.collection.name), record.id)
    assert found is not None
    return found


def by(method: str, mfa_id: str = "", auth: Record | None = None, **query: str) -> RequestInfo:
    body = {"mfaId": mfa_id} if mfa_id else {}
    return RequestInfo(method="POST", headers=JSON, body=body, query=query, auth=auth, context=method)


def require(record: Record, request: RequestInfo) -> None:
    require_second_factor(record, request, RelatedRecords())


def begin(record: Record, method: str = "password") -> str:
    with pytest.raises(SecondFactorNeeded) as needed:
        require(record, by(method))
    return needed.value.mfa_id


def waiting(record: Record) -> list[Record]:
    return find_attached(record, (MFAS,), RelatedRecords(get_catalog()))


@pytest.mark.parametrize(
    ("mfa", "superuser_asks", "needed"),
    [
        (Mfa(), False, False),
        (Mfa(enabled=True), False, True),
        (Mfa(enabled=True), True, True),
        (Mfa(enabled=True, rule="verified = true"), False, False),
        (Mfa(enabled=True, rule="verified = true"), True, False),
        (Mfa(enabled=True, rule="verified = false"), False, True),
        (Mfa(enabled=True, rule="verified = false"), True, True),
        (Mfa(enabled=True, rule="@request.context = 'otp'"), False, False),
        (Mfa(enabled=True, rule="@request.context = 'password'"), False, True),
    ],
)
def test_who_needs_it(ann: Record, root: Record, mfa: Mfa, superuser_asks: bool, needed: bool) -> None:
    set_auth_options("users", mfa=mfa)
    request = by("password", auth=root if superuser_asks else None)
    assert needs_second_factor(find_again(ann), request, RelatedRecords()) is needed


@pytest.mark.parametrize(
    "rule", ["gone.strict = true", "@collection.gone.user ?= id", "gone = 1 || verified = true"]
)
@pytest.mark.parametrize("superuser_asks", [False, True])
def test_a_rule_that_cannot_be_asked_lets_nobody_in(
    ann: Record, root: Record, rule: str, superuser_asks: bool
) -> None:
    set_auth_options("users", mfa=Mfa(enabled=True, duration=60, rule=rule))
    with pytest.raises(BadRequest, match=r"Failed to authenticate\."):
        require(find_again(ann), by("password", auth=root if superuser_asks else None))
    assert waiting(ann) == []


def test_the_first_gives_an_id(ann: Record) -> None:
    mfa_id = begin(ann)
    (kept,) = waiting(ann)
    assert (kept.id, kept.get("method")) == (mfa_id, "password")


@pytest.mark.parametrize(("first", "second"), [("password", "otp"), ("otp", "password"), ("oauth2", "otp")])
def test_the_second_passes_once(ann: Record, first: str, second: str) -> None:
    mfa_id = begin(ann, first)
    require(ann, by(second, mfa_id))
    assert waiting(ann) == []
    with pytest.raises(BadRequest, match=r"Invalid or expired MFA session\."):
        require(ann, by(second, mfa_id))


def test_the_same_method_twice_is_one_factor(ann: Record) -> None:
    mfa_id = begin(ann)
    with pytest.raises(BadRequest, match=r"A different authentication method is required\."):
        require(ann, by("password", mfa_id))
    require(ann, by("otp", mfa_id))


def test_anothers_first_factor_is_none(ann: Record) -> None:
    bob = find_again(add_person(id="bobbobbobbobbob", email="bob@example.com"))
    mfa_id = begin(bob)
    with pytest.raises(BadRequest, match=r"Invalid MFA session\."):
        require(ann, by("otp", mfa_id))
    require(bob, by("otp", mfa_id))


def test_one_of_another_collection_neither(ann: Record, root: Record) -> None:
    set_auth_options("_superusers", mfa=Mfa(enabled=True, duration=60))
    twin = find_again(add_person("_superusers", id=ann.id, email="twin@example.com"))
    with pytest.raises(BadRequest, match=r"Invalid MFA session\."):
        require(ann, by("otp", begin(twin)))


@pytest.mark.parametrize("mfa_id", ["nope", "x" * 256, "x" * 5000, "a#b'\x00/..", "R#x#y"])
def test_ids_that_are_none(ann: Record, mfa_id: str) -> None:
    with pytest.raises(BadRequest, match=r"Invalid or expired MFA session\."):
        require(ann, by("otp", mfa_id))


def test_an_expired_one_is_gone(ann: Record) -> None:
    mfa_id = begin(ann)
    (kept,) = waiting(ann)
    change_person(kept, created=clock.to_text(clock.now() - timedelta(seconds=61)))
    with pytest.raises(BadRequest, match=r"Invalid or expired MFA session\."):
        require(ann, by("otp", mfa_id))
    assert waiting(ann) == []


READ: list[tuple[dict[str, str], Any, str]] = [
    ({}, None, ""),
    ({}, "a", "a"),
    ({"mfaId": "q"}, "a", "q"),
    ({"mfaId": ""}, "a", "a"),
    ({"mfaId": "q"}, 5, "q"),
]


@pytest.mark.parametrize(("query", "given", "expected"), READ)
def test_reading_the_id(query: dict[str, str], given: Any, expected: str) -> None:
    assert read_mfa_id(RequestInfo(headers=JSON, query=query, body={"MFAID": given})) == expected


@pytest.mark.parametrize("given", [5, True, ["a"], {"a": 1}])
def test_an_id_that_is_no_text(given: Any) -> None:
    with pytest.raises(BadRequest, match=r"Failed to read MFA Id\."):
        read_mfa_id(RequestInfo(headers=JSON, body={"mfaId": given}))


def test_who_needs_none_is_not_asked_for_the_id(ann: Record, defaults: Engine) -> None:
    set_auth_options("users", mfa=Mfa(enabled=False))
    quiet = find_again(ann)
    defaults.calls.reset()
    require_second_factor(quiet, by("password", "nope"), RelatedRecords(get_catalog()))
    assert defaults.calls.total == 1  # the version, by get_catalog


def test_first_factors_do_not_pile_up(ann: Record) -> None:
    begun = [begin(ann) for _ in range(MOST_WAITING + 3)]
    assert [each.id for each in waiting(ann)] == begun[3:]


def test_an_answer_that_cannot_be_given_spends_nothing(ann: Record) -> None:
    mfa_id = begin(ann)
    with pytest.raises(BadRequest):
        require(ann, by("otp", mfa_id, fields="record:nope"))
    require(ann, by("otp", mfa_id))


def test_of_two_who_bring_it_one_passes(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read it; the other was faster."""
    mfa_id = begin(ann)
    others = [lambda: require(ann, by("otp", mfa_id))]

    def writing(*given: Any) -> Any:
        if others:
            others.pop()()
        return write_together(*given)

    monkeypatch.setattr(module, "write_together", writing)
    with pytest.raises(BadRequest, match=r"Invalid or expired MFA session\."):
        require(ann, by("otp", mfa_id))


def test_a_first_factor_starts_over_when_another_removes_what_it_would(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults.pause = lambda seconds: None
    failures = [Conflict("x"), Conflict("y")]

    def writing(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return write_together(*given)

    monkeypatch.setattr(module, "write_together", writing)
    mfa_id = begin(ann)
    assert [each.id for each in waiting(ann)] == [mfa_id]


def test_who_dies_after_the_first_begins_anew(ann: Record, defaults: Engine) -> None:
    send = defaults.send
    defaults.send = Mortal(send, last=1)
    with pytest.raises(Killed):
        require(ann, by("password"))
    defaults.send = send
    require(ann, by("otp", begin(ann)))
    assert len(waiting(ann)) == 1
