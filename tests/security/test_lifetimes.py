"""Tokens, codes and links when whom they are of is changed, removed, or made again under the same name."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.auth.attach import new_attachment
from chalicelib.auth.tokens import AUTH
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.records.attached import EXTERNAL, MFAS, OTPS
from chalicelib.schema.auth_options import EmailTemplate, MappedFields, Mfa, OAuth2, OAuth2Provider, Otp
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.oidc_provider import provider_url
from tests.people import HASH, PASSWORD, add_person, set_auth_options
from tests.security.forged import signed

ANN, OTP, MFA = "annannannannann", "otpotpotpotp001", "mfamfamfamfa001"
MEMBERS: dict[str, Any] = {
    "name": "members",
    "type": "auth",
    "createRule": "",
    "deleteRule": "id = @request.auth.id",
}
OLD, NEW = (
    {"password": PASSWORD, "passwordConfirm": PASSWORD},
    {"password": "x" * 9, "passwordConfirm": "x" * 9},
)
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(gateway: Gateway, superuser: Superuser) -> Ask:
    """Ask as a superuser, or with another token; "" for none."""

    def send(method: str, path: str, body: object = None, token: str = superuser.token) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
        raw = b"" if body is None else json.dumps(body).encode()
        status, _, answer = gateway.handle(method, f"/api/{path}", headers, raw)
        return status, json.loads(answer) if answer else None

    return send


@pytest.fixture
def ann(ask: Ask) -> Record:
    assert ask("POST", "collections", MEMBERS)[0] == 200
    second = Mfa(enabled=True, duration=600, rule="email = 'careful@example.com'")
    stub = {"token_url": f"{provider_url()}/oidc/token", "user_info_url": f"{provider_url()}/oidc/user"}
    provider = OAuth2Provider(name="oidc", client_id="client", client_secret="x", **stub)
    set_auth_options(
        "members",
        otp=Otp(
            enabled=True, duration=180, length=8, email_template=EmailTemplate(subject="In", body="{OTP}")
        ),
        mfa=second,
        oauth2=OAuth2(providers=(provider,), enabled=True, mapped_fields=MappedFields()),
    )
    return add_person("members", id=ANN, email="ann@example.com")


def _same(ask: Ask) -> None:
    """Nothing happens."""


def _renamed(ask: Ask) -> None:
    assert ask("PATCH", "collections/members", {"name": "people"})[0] == 200


def _other_secret(ask: Ask) -> None:
    secrets = {"authToken": {"secret": "s" * 40}, "passwordResetToken": {"secret": "s" * 40}}
    assert ask("PATCH", "collections/members", secrets)[0] == 200


def _secret_of_another_kind(ask: Ask) -> None:
    assert ask("PATCH", "collections/members", {"emailChangeToken": {"secret": "s" * 40}})[0] == 200


def _shorter(ask: Ask) -> None:
    """What was given lasts as long as was said."""
    assert ask("PATCH", "collections/members", {"authToken": {"duration": 10}})[0] == 200


def _removed(ask: Ask) -> None:
    assert ask("DELETE", f"collections/members/records/{ANN}")[0] == 204


def _made_again(ask: Ask) -> None:
    """Somebody else takes the id that is free."""
    _removed(ask)
    body = {"id": ANN, "email": "ann@example.com", **NEW}
    assert ask("POST", "collections/members/records", body, token="")[0] == 200


def _truncated(ask: Ask) -> None:
    assert ask("DELETE", "collections/members/truncate")[0] == 204
    body = {"id": ANN, "email": "ann@example.com", **NEW}
    assert ask("POST", "collections/members/records", body)[0] == 200


def _collection_removed(ask: Ask) -> None:
    assert ask("DELETE", "collections/members")[0] == 204


def _collection_made_again(ask: Ask) -> None:
    """It has the id that it had, which is made of its name."""
    before = get_collection("members").id
    _collection_removed(ask)
    assert ask("POST", "collections", MEMBERS)[0] == 200
    assert get_collection("members").id == before
    assert (
        ask("POST", "collections/members/records", {"id": ANN, "email": "ann@example.com", **OLD})[0] == 200
    )


Happen = Callable[[Ask], None]
LASTS: Mapping[Happen, bool] = {
    _same: True,
    _renamed: True,
    _secret_of_another_kind: True,
    _shorter: True,
    _other_secret: False,
    _removed: False,
    _made_again: False,
    _truncated: False,
    _collection_removed: False,
    _collection_made_again: False,
}
GONE = [happen for happen, lasts in LASTS.items() if not lasts]


@pytest.mark.parametrize("happen", LASTS, ids=lambda happen: happen.__name__)
def test_a_session(happen: Happen, ask: Ask, ann: Record) -> None:
    token = signed(ann, AUTH)
    happen(ask)
    assert ask("POST", "files/token", token=token)[0] == (200 if LASTS[happen] else 401)


@pytest.mark.parametrize("happen", LASTS, ids=lambda happen: happen.__name__)
def test_a_mailed_token(happen: Happen, ask: Ask, ann: Record) -> None:
    token = signed(ann, "passwordReset")
    happen(ask)
    name = "people" if happen is _renamed else "members"
    status, _ = ask("POST", f"collections/{name}/confirm-password-reset", {"token": token, **NEW}, token="")
    assert (status == 204) is LASTS[happen], status


@pytest.mark.parametrize(
    "happen", [_made_again, _truncated, _collection_made_again], ids=lambda each: each.__name__
)
def test_codes_halves_and_links_are_not_inherited(happen: Happen, ask: Ask, ann: Record) -> None:
    """Who is made anew under the same id is not let in, or found, by what the former one had."""
    account = {"provider": "oidc", "providerId": "7"}
    write_together([Create(new_attachment(ann, EXTERNAL, get_catalog(), **account))])
    write_together([Create(new_attachment(ann, OTPS, get_catalog(), id=OTP, password=HASH))])
    write_together([Create(new_attachment(ann, MFAS, get_catalog(), id=MFA, method="otp"))])
    happen(ask)
    path = "collections/members/"
    assert ask("POST", f"{path}auth-with-otp", {"otpId": OTP, "password": PASSWORD}, token="")[0] >= 400
    for name in (OTPS, MFAS, EXTERNAL):
        assert ask("GET", f"collections/{name}/records")[1]["items"] == []
    if happen is _collection_made_again:
        return
    by_account = {
        "provider": "oidc",
        "code": "sub=7",
        "codeVerifier": "v",
        "redirectURL": "https://a.example",
    }
    status, answer = ask("POST", f"{path}auth-with-oauth2", by_account, token="")
    assert status != 200 or answer["record"]["id"] != ANN


def test_a_batch_is_asked_by_who_sends_it(ask: Ask, ann: Record, superuser: Superuser) -> None:
    """No header of a request within says otherwise."""
    assert ask("PATCH", "settings", {"batch": {"enabled": True}})[0] == 200
    inner = {"method": "DELETE", "url": f"/api/collections/members/records/{ANN}"}
    for name in ("Authorization", "authorization", "AUTHORIZATION", "X-Forwarded-Authorization"):
        several = {"requests": [{**inner, "headers": {name: superuser.token}}]}
        assert ask("POST", "batch", several, token="")[0] == 400
    assert ask("GET", f"collections/members/records/{ANN}")[0] == 200
