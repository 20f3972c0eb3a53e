"""What a sign-in proves about a record, case by case."""

import pytest

from chalicelib.auth.oauth2.proof import as_proved
from chalicelib.auth.oauth2.users import User
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.schema.system import default_collections

USERS = next(each for each in default_collections() if each.name == "users")
SUPERUSERS = next(each for each in default_collections() if each.name == "_superusers")

# The record's e-mail and verification, the provider's e-mail, whether it asks itself; what becomes another.
CASES = [
    ("a@x.io", True, "a@x.io", False, set()),
    ("a@x.io", True, "b@x.io", False, set()),
    ("a@x.io", False, "a@x.io", False, {"password", "verified"}),
    ("a@x.io", False, "b@x.io", False, {"password"}),
    ("a@x.io", False, "", False, {"password"}),
    ("a@x.io", False, "a@x.io", True, {"verified"}),
    ("a@x.io", False, "b@x.io", True, set()),
    ("a@x.io", False, "", True, set()),
    ("", False, "", False, {"password", "verified"}),
    ("", False, "a@x.io", False, {"email", "password", "verified"}),
    ("", False, "", True, {"verified"}),
    ("", False, "a@x.io", True, {"email", "verified"}),
    ("", True, "a@x.io", False, {"email"}),
]


@pytest.mark.parametrize(("email", "verified", "given", "itself", "changed"), CASES)
def test_as_proved(email: str, verified: bool, given: str, itself: bool, changed: set[str]) -> None:
    before = Record(USERS, {"id": "r", "email": email, "verified": verified, "password": "hash"})
    after = as_proved(before, User("1", email=given), RequestInfo(auth=before if itself else None))
    assert {name for name in before.values if before.get(name) != after.get(name)} == changed


def test_a_record_of_the_same_id_elsewhere_is_another() -> None:
    before = Record(USERS, {"id": "r", "email": "a@x.io", "verified": False, "password": "hash"})
    after = as_proved(before, User("1"), RequestInfo(auth=Record(SUPERUSERS, {"id": "r"})))
    assert after.get("password") != "hash"
