"""The answer to a sign-in."""

import pytest

from chalicelib.auth.response import answer_sign_in, require_auth_rule
from chalicelib.collections.load import get_collection
from chalicelib.errors import Forbidden
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from tests.people import add_person, set_auth_options


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_person(id="annannannannann", email="ann@example.com", emailVisibility=False)


@pytest.fixture
def root(defaults: Engine) -> Record:
    return add_person("_superusers", id="rootrootrootroo", email="root@example.com", verified=True)


def again(record: Record) -> Record:
    found = find_record(get_collection(record.collection.name), record.id)
    assert found is not None
    return found


def test_ones_own_email_is_shown(ann: Record) -> None:
    assert answer_sign_in(ann, RequestInfo(), RelatedRecords())["record"]["email"] == "ann@example.com"


def test_secrets_are_not(ann: Record) -> None:
    answered = answer_sign_in(ann, RequestInfo(), RelatedRecords())
    assert not {"password", "tokenKey"} & answered["record"].keys()


def test_a_given_token_is_given_back(ann: Record) -> None:
    assert answer_sign_in(ann, RequestInfo(), RelatedRecords(), "given")["token"] == "given"


@pytest.mark.parametrize(
    ("rule", "superuser_asks", "passes"),
    [
        ("", False, True),
        (None, False, False),
        (None, True, True),
        ("verified = true", False, False),
        ("verified = true", True, True),
        ("id = 'annannannannann'", False, True),
        ("nonsense ((", False, False),
    ],
)
def test_auth_rule(ann: Record, root: Record, rule: str | None, superuser_asks: bool, passes: bool) -> None:
    set_auth_options("users", auth_rule=rule)
    request = RequestInfo(auth=root if superuser_asks else None)
    if passes:
        require_auth_rule(again(ann), request, RelatedRecords())
        return
    with pytest.raises(Forbidden):
        require_auth_rule(again(ann), request, RelatedRecords())
