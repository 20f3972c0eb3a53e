"""``python -m chalicelib superuser``: what it does and what it says."""

import json
import re
from dataclasses import replace

import pytest

from chalicelib.__main__ import main, read_arguments
from chalicelib.collections.load import get_collection
from chalicelib.collections.save import Change, save_change
from chalicelib.commands.superuser import has_superuser
from chalicelib.schema.auth_options import Otp
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.people import set_auth_options

EMAIL = "root@example.com"
FIRST, SECOND = "first password", "second password"


def can_sign_in(gateway: Gateway, password: str, email: str = EMAIL) -> bool:
    body = json.dumps({"identity": email, "password": password}).encode()
    path = "/api/collections/_superusers/auth-with-password"
    return gateway.handle("POST", path, {"Content-Type": "application/json"}, body)[0] == 200


def run(*arguments: str) -> int:
    return main(["superuser", *arguments])


def test_created_changed_removed(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert not has_superuser()
    assert run("create", EMAIL, FIRST) == 0
    assert has_superuser()
    assert can_sign_in(gateway, FIRST)
    assert run("update", EMAIL, SECOND) == 0
    assert (can_sign_in(gateway, FIRST), can_sign_in(gateway, SECOND)) == (False, True)
    assert run("create", "other@example.com", FIRST) == 0
    assert run("delete", EMAIL) == 0
    assert not can_sign_in(gateway, SECOND)
    assert run("delete", EMAIL) == 0
    said = capsys.readouterr().out
    for expected in (
        f'Successfully created new superuser "{EMAIL}"!',
        f'Successfully changed superuser "{EMAIL}" password!',
        f'Successfully deleted superuser "{EMAIL}"!',
        f'superuser "{EMAIL}" is missing or already deleted',
    ):
        assert expected in said.splitlines()
    assert FIRST not in said


def test_upsert_makes_and_changes(gateway: Gateway) -> None:
    assert run("upsert", EMAIL, FIRST) == 0
    assert can_sign_in(gateway, FIRST)
    assert run("upsert", EMAIL, SECOND) == 0
    assert can_sign_in(gateway, SECOND)


def test_a_password_can_be_made_up(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("upsert", EMAIL) == 0
    password = capsys.readouterr().out.splitlines()[-1].removeprefix("Password: ")
    assert len(password) >= 20
    assert can_sign_in(gateway, password)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("create", EMAIL, FIRST), "email: Value must be unique."),
        (("create", "b@example.com", "short"), "password: Must be at least 8 character(s)."),
        (("upsert", EMAIL, "short"), "password: Must be at least 8 character(s)."),
        (("upsert", "nobody", FIRST), "missing or invalid email address"),
        (("create", "no@mail@x", FIRST), "email: Must be a valid email address."),
        (("update", "b@example.com", FIRST), 'superuser with email "b@example.com" doesn\'t exist'),
        (("delete", EMAIL), "You can't delete the only existing superuser."),
    ],
)
def test_refused(
    gateway: Gateway, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    run("create", EMAIL, FIRST)
    assert run(*arguments) == 1
    assert says in capsys.readouterr().err
    assert can_sign_in(gateway, FIRST)


def test_the_storage_says_no(defaults: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    defaults.table = "nowhere"
    try:
        assert run("upsert", EMAIL, FIRST) == 1
    finally:
        defaults.table = "quoll-test"
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["superuser"], ["superuser", "explode", EMAIL], ["nonsense"]])
def test_what_cannot_be_understood(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_found_while_the_index_on_emails_is_built(gateway: Gateway) -> None:
    assert run("create", EMAIL, FIRST) == 0
    assert run("create", "other@example.com", FIRST) == 0
    collection = get_collection("_superusers")
    indexes = tuple(replace(index, is_ready=False) for index in collection.indexes)
    save_change(lambda catalog: Change((replace(collection, indexes=indexes),)))
    assert run("update", EMAIL, SECOND) == 0
    assert (can_sign_in(gateway, FIRST), can_sign_in(gateway, SECOND)) == (False, True)
    assert can_sign_in(gateway, FIRST, "other@example.com")


def test_the_stage_may_stand_between_address_and_password(gateway: Gateway) -> None:
    typed = read_arguments(["superuser", "upsert", EMAIL, "--stage", "dev", FIRST])
    assert (typed.values, typed.stage) == ([EMAIL, FIRST], "dev")


def test_the_addresses_that_superusers_may_come_from(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("create", EMAIL, FIRST) == 0
    assert run("ips", "10.0.0.1", "10.1.0.0/16") == 0
    assert (
        "Successfully updated SuperuserIPs setting:\n├─ 10.0.0.1\n└─ 10.1.0.0/16\n" in capsys.readouterr().out
    )
    assert not can_sign_in(gateway, FIRST)
    assert run("ips") == 0
    assert "Successfully cleared SuperuserIPs setting!\n" in capsys.readouterr().out
    assert can_sign_in(gateway, FIRST)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("ips", "10.0.0.1", "x"),
            "failed to change superuserIPs: superuserIPs.1: Invalid IP or CIDR subnet.",
        ),
        (("create",), "superuser create takes an e-mail address and a password"),
        (("create", EMAIL, FIRST, SECOND), "superuser create takes an e-mail address and a password"),
    ],
)
def test_too_much_too_little_or_wrong(
    gateway: Gateway, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert run(*arguments) == 1
    assert says in capsys.readouterr().err
    assert not has_superuser()


def test_a_code_to_sign_in_with(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("create", EMAIL, FIRST) == 0
    set_auth_options("_superusers", otp=Otp(enabled=True, duration=180, length=8))
    capsys.readouterr()
    assert run("otp", EMAIL) == 0
    told = capsys.readouterr().out
    found = re.fullmatch(
        f'Successfully created OTP for superuser "{EMAIL}":\n'
        r"├─ Id:    (\w{15})\n├─ Pass:  (\d{8})\n└─ Valid: 180s\n",
        told,
    )
    assert found is not None
    body = json.dumps({"otpId": found[1], "password": found[2]}).encode()
    path = "/api/collections/_superusers/auth-with-otp"
    assert gateway.handle("POST", path, {"Content-Type": "application/json"}, body)[0] == 200


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("otp", EMAIL), "OTP auth is not enabled for the _superusers collection"),
        (("otp", "nobody@example.com"), 'superuser with email "nobody@example.com" doesn\'t exist'),
        (("otp", "nobody"), "missing or invalid email address"),
    ],
)
def test_no_code(
    gateway: Gateway, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert run("create", EMAIL, FIRST) == 0
    assert run(*arguments) == 1
    assert capsys.readouterr().err == says + "\n"
