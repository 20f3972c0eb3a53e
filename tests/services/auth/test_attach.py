"""What hangs on an auth record."""

from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.auth.attach import belongs_to, is_current, new_attachment
from chalicelib.collections.load import get_catalog
from chalicelib.records.attached import MFAS, OTPS
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.security.passwords import password_matches
from chalicelib.storage.engine import Engine
from tests.people import add_person


def test_it_names_its_owner_and_is_not_stored(defaults: Engine) -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    defaults.calls.reset()
    mfa = new_attachment(ann, MFAS, get_catalog(), method="password")
    assert (mfa.get("method"), len(mfa.id), mfa.rev) == ("password", 15, 0)
    assert belongs_to(mfa, ann)
    assert "TransactWriteItems" not in defaults.calls.by_operation
    assert "PutItem" not in defaults.calls.by_operation


def test_it_belongs_to_nobody_else(defaults: Engine) -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    root = add_person("_superusers", id="annannannannann", email="root@example.com")
    bob = add_person(id="bobbobbobbobbob", email="bob@example.com")
    mfa = new_attachment(ann, MFAS, get_catalog(), method="password")
    assert [belongs_to(mfa, each) for each in (ann, root, bob)] == [True, False, False]


def test_codes_are_kept_as_hashes(defaults: Engine) -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    otp = new_attachment(ann, OTPS, get_catalog(), password=PlainPassword("1234"))
    assert otp.get("password").startswith("$2a$08$")
    assert password_matches("1234", otp.get("password"))


@pytest.mark.parametrize(
    ("seconds_ago", "good_for", "expected"), [(0, 10, True), (9, 10, True), (11, 10, False)]
)
def test_lifetime(defaults: Engine, seconds_ago: int, good_for: int, expected: bool) -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    made = clock.to_text(clock.now() - timedelta(seconds=seconds_ago))
    assert (
        is_current(new_attachment(ann, MFAS, get_catalog(), method="x").having(created=made), good_for)
        is expected
    )
