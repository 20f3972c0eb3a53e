"""Codes and half-finished sign-ins are worthless once their owner has changed, however many there are."""

from typing import Any

import pytest

from chalicelib.auth import request_otp
from chalicelib.auth.attach import new_attachment
from chalicelib.auth.request_otp import send_otp
from chalicelib.auth.with_otp import sign_in_with_otp
from chalicelib.collections.load import get_catalog
from chalicelib.errors import BadRequest
from chalicelib.records import save
from chalicelib.records.attached import EXTERNAL, MFAS, ORIGINS, OTPS, bound_to, find_attached, is_bound
from chalicelib.records.create import create_record
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import MOST_REMOVED, save_changed
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import AuthAlert, Otp
from chalicelib.schema.record import Record
from chalicelib.security import passwords
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Create, write_together
from tests.people import HASH, PASSWORD, add_person, set_auth_options

MANY = 120
JSON = {"content_type": "application/json"}


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", otp=Otp(enabled=True, duration=180), auth_alert=AuthAlert(enabled=False))
    return add_person(id="annannannannann", email="ann@example.com", verified=True)


def keep_many(owner: Record, name: str, count: int = MANY, **given: Any) -> list[Record]:
    catalog = get_catalog()
    made = [new_attachment(owner, name, catalog, **given) for _ in range(count)]
    for each in made:
        write_together([Create(each)])
    return made


def find_kept(owner: Record, *names: str) -> list[Record]:
    return find_attached(owner, names, RelatedRecords(get_catalog()))


def find_again(record: Record) -> Record:
    found = find_record(record.collection, record.id)
    assert found is not None
    return found


def attempt(otp_id: str, code: str = PASSWORD) -> dict[str, Any]:
    body = {"otpId": otp_id, "password": code}
    return sign_in_with_otp("users", RequestInfo(method="POST", headers=JSON, body=body, ip="10.0.0.1"))


CHANGES = [
    {"password": "another-hash"},
    {"email": "new@example.com"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_no_number_of_codes_is_in_the_way_of_a_change(ann: Record, change: dict[str, str]) -> None:
    made = keep_many(ann, OTPS, password=HASH)
    after = save_changed(ann, ann.having(**change))
    left = find_kept(ann, OTPS)
    assert len(left) == MANY - MOST_REMOVED[OTPS]
    assert not any(is_bound(find_again(each), after) for each in left)
    for otp in (made[0], left[-1], made[-1]):
        with pytest.raises(BadRequest, match=r"Invalid or expired OTP\."):
            attempt(otp.id)


def test_nor_of_all_kinds_together(ann: Record) -> None:
    """As many as there can be of what a new password and a proof remove at once."""
    for name, given in ((OTPS, {"password": HASH}), (MFAS, {"method": "otp"})):
        keep_many(ann, name, 25, **given)
    catalog, unproved = get_catalog(), save_changed(ann, ann.having(verified=False))
    origins = [new_attachment(ann, ORIGINS, catalog, fingerprint=f"{number:032}") for number in range(20)]
    links = [
        new_attachment(ann, EXTERNAL, catalog, provider=f"provider{number}", providerId="1")
        for number in range(10)
    ]
    write_together([Create(each) for each in (*origins, *links)])
    after = save_changed(unproved, unproved.having(verified=True, password="another-hash"))
    assert find_kept(ann, EXTERNAL) == []
    assert not any(is_bound(find_again(each), after) for each in find_kept(ann, OTPS, MFAS))


def test_a_code_made_while_the_address_changes_opens_nothing(
    ann: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail goes to the former address; whoever reads it there must not get in."""
    monkeypatch.setattr(request_otp, "new_code", lambda length: PASSWORD)
    changes = [lambda: save_changed(ann, ann.having(email="new@example.com"))]

    def finding(*given: Any) -> Any:
        found = find_attached(*given)
        if changes:
            changes.pop()()
        return found

    monkeypatch.setattr(request_otp, "find_attached", finding)
    otp_id = send_otp(ann, get_catalog())
    with pytest.raises(BadRequest, match=r"Invalid or expired OTP\."):
        attempt(otp_id)
    assert attempt(send_otp(find_again(ann), get_catalog()))["record"]["email"] == "new@example.com"


def test_nor_one_that_the_change_did_not_see(ann: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def finding(*given: Any) -> Any:
        found = find_attached(*given)
        if given[1] == (OTPS,):
            made.append(send_otp(ann, get_catalog()))
        return found

    monkeypatch.setattr(request_otp, "new_code", lambda length: PASSWORD)
    monkeypatch.setattr(save, "find_attached", finding)
    save_changed(ann, ann.having(password="another-hash"))
    monkeypatch.setattr(save, "find_attached", find_attached)
    assert [each.id for each in find_kept(ann, OTPS)] == made
    with pytest.raises(BadRequest, match=r"Invalid or expired OTP\."):
        attempt(made[0])


def test_other_changes_leave_a_code_good(ann: Record) -> None:
    (otp,) = write_together([Create(new_attachment(ann, OTPS, get_catalog(), password=HASH))])
    save_changed(ann, ann.having(name="Ann"))
    assert attempt(otp.id)["record"]["name"] == "Ann"


@pytest.mark.parametrize(("name", "given"), [(OTPS, {"password": "12345678"}), (MFAS, {"method": "otp"})])
def test_those_that_a_superuser_makes_are_bound_too(
    ann: Record, name: str, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", 4)
    root = add_person("_superusers", id="rootrootrootroo", email="root@example.com", verified=True)
    body = {"collectionRef": ann.collection.id, "recordRef": ann.id, **given}
    create_record(name, RequestInfo(method="POST", auth=root, headers=JSON, body=body))
    (made,) = find_kept(ann, name)
    assert is_bound(find_again(made), ann)
    assert not is_bound(find_again(made), ann.having(tokenKey="other", password="other"))


@pytest.mark.parametrize(
    ("name", "changed", "expected"),
    [
        (OTPS, "tokenKey", False),
        (OTPS, "name", True),
        (MFAS, "password", False),
        (MFAS, "tokenKey", True),
        (EXTERNAL, "tokenKey", True),
        (ORIGINS, "password", True),
    ],
)
def test_what_they_depend_on(ann: Record, name: str, changed: str, expected: bool) -> None:
    made = bound_to(ann, new_attachment(ann, name, get_catalog()))
    assert is_bound(made, ann.having(**{changed: "other"})) is expected
