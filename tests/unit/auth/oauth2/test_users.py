"""Providers' answers become users; answers of another shape become refusals."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth.oauth2 import odd_users
from chalicelib.auth.oauth2.exchange import Grant, read_grant
from chalicelib.auth.oauth2.outgoing import Answer, CallFailed
from chalicelib.auth.oauth2.users import User, read_user, text_at
from chalicelib.schema.auth_options import OAuth2Provider
from chalicelib.schema.providers import PROVIDERS

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "data", "0"]), inner),
    max_leaves=6,
)


def test_by_paths() -> None:
    said = {"sub": "1", "name": "Ann", "picture": "p", "email": "a@example.com", "email_verified": True}
    assert read_user(PROVIDERS["google"], said) == User("1", "Ann", "", "a@example.com", "p")
    assert read_user(PROVIDERS["google"], {**said, "email_verified": False}).email == ""
    assert read_user(PROVIDERS["google"], {**said, "email_verified": None}).email == ""
    for other in ("true", 1, 1.0, []):
        with pytest.raises(CallFailed):
            read_user(PROVIDERS["google"], {**said, "email_verified": other})


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"id": 5}, "id"),
        ({"id": ["a"]}, "id"),
        ({"id": True}, "#id"),
        ({"id": "5"}, "#id"),
        ({"id": 5.5}, "#id"),
    ],
)
def test_of_another_shape(said: dict[str, Any], path: str) -> None:
    with pytest.raises(CallFailed):
        text_at(said, path)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("text", "id"),
        ({"a": "text"}, "a.id"),
        ({"a": [1]}, "a.id"),
        ({"a": 5}, "a.0"),
        ({"0": 1}, "0"),
        ({"id": 2**63}, "#id"),
    ],
)
def test_something_else_is_on_the_way(said: Any, path: str) -> None:
    with pytest.raises(CallFailed):
        text_at(said, path)


@pytest.mark.parametrize(
    ("said", "path"), [({}, "a.b"), ({"a": None}, "a.b"), ({"a": []}, "a.0.b"), ({}, "#a")]
)
def test_nothing_is_on_the_way(said: Any, path: str) -> None:
    assert text_at(said, path) == ""


def test_the_largest_number_that_is_an_id() -> None:
    assert text_at({"id": 2**63 - 1}, "#id") == "9223372036854775807"


E_MAIL = {"email": "a@example.com", "primary": True, "verified": True}


@pytest.mark.parametrize(
    ("listed", "email"),
    [
        (None, ""),
        ([], ""),
        ([None, E_MAIL], "a@example.com"),
        ([{**E_MAIL, "primary": None}], ""),
        ([{**E_MAIL, "email": None}], ""),
        ([{**E_MAIL, "verified": False}, E_MAIL], "a@example.com"),
        ({}, None),
        (["a@example.com"], None),
        ([{**E_MAIL, "verified": 1}], None),
        ([{**E_MAIL, "primary": "true"}], None),
        ([E_MAIL, {"email": 5}], None),
    ],
)
def test_lists_of_emails(listed: object, email: str | None) -> None:
    if email is None:
        with pytest.raises(CallFailed):
            odd_users._primary(listed, "primary", "verified")
    else:
        assert odd_users._primary(listed, "primary", "verified") == email


@pytest.mark.parametrize("given", [True, 1, 2, -1, 0.5, "1", "t", "TRUE"])
def test_said_to_be_verified(given: object) -> None:
    assert odd_users._is_true(given) is True


@pytest.mark.parametrize("given", [False, 0, 0.0, None, "", "yes", "tRUE", [], [True], {"a": 1}])
def test_not_said_to_be_verified(given: object) -> None:
    assert odd_users._is_true(given) is False


@pytest.mark.parametrize("given", ["", 0, "false", []])
def test_yandex_says_in_one_way_that_there_is_no_picture(given: object) -> None:
    reply = odd_users.Reply(OAuth2Provider(name="yandex"), Grant("a"), {"is_avatar_empty": given}, User("1"))
    with pytest.raises(CallFailed):
        odd_users._yandex(reply)


@pytest.mark.parametrize(
    ("email", "taken"), [("a@example.com", "a@example.com"), (5, ""), (None, ""), ([], "")]
)
def test_vk_tells_the_email_with_the_token(email: object, taken: str) -> None:
    grant = Grant("a", said={"email": email})
    reply = odd_users.Reply(OAuth2Provider(name="vk"), grant, {}, User("1", name="Ann "))
    assert odd_users._vk(reply) == User("1", name="Ann", email=taken)


def test_instagram_is_asked_for_what_clients_get_to_see() -> None:
    assert PROVIDERS["instagram2"].user_url.endswith(",followers_count,follows_count,media_count")


@settings(max_examples=60, deadline=None)
@given(said=ANYTHING, name=st.sampled_from(sorted(PROVIDERS)))
def test_whatever_is_said(said: Any, name: str) -> None:
    try:
        user = read_user(PROVIDERS[name], said)
    except CallFailed:
        return
    assert all(
        isinstance(each, str) for each in (user.id, user.name, user.username, user.email, user.avatar_url)
    )


@pytest.mark.parametrize(
    ("scope", "email"),
    [
        (None, ""),
        (5, ""),
        ("primary", ""),
        (["primary"], "a@example.com"),
        (["committed"], ""),
        ([["primary"], {}], ""),
    ],
)
def test_gitee_s_scopes(monkeypatch: pytest.MonkeyPatch, scope: object, email: str) -> None:
    listed = [{"email": "a@example.com", "state": "confirmed", "scope": scope}]
    monkeypatch.setattr(odd_users, "fetch_said", lambda *given: listed)
    provider = OAuth2Provider(name="gitee")
    assert odd_users._gitee(odd_users.Reply(provider, Grant("a"), {}, User("1"))).email == email


@pytest.mark.parametrize("listed", [{}, ["a@example.com"], CallFailed("refused")])
def test_gitee_keeps_e_mails_to_itself(monkeypatch: pytest.MonkeyPatch, listed: object) -> None:
    def fetch(*given: Any) -> Any:
        if isinstance(listed, CallFailed):
            raise listed
        return listed

    monkeypatch.setattr(odd_users, "fetch_said", fetch)
    reply = odd_users.Reply(OAuth2Provider(name="gitee"), Grant("a"), {}, User("1", email="hidden"))
    assert odd_users._gitee(reply).email == ""


@pytest.mark.parametrize(
    ("confirmed", "is_proved"),
    [
        ("2020-01-02T03:04:05.000Z", True),
        ("2020-01-02", True),
        ("", False),
        (None, False),
        ("true", False),
        ("0001-01-01T00:00:00Z", False),
    ],
)
def test_gitlab_s_dates(confirmed: object, is_proved: bool) -> None:
    user, provider = User("1", email="a@example.com"), OAuth2Provider(name="gitlab")
    reply = odd_users.Reply(provider, Grant("a"), {"confirmed_at": confirmed}, user)
    assert bool(odd_users._gitlab(reply).email) is is_proved
    for other in (True, 1, []):
        with pytest.raises(CallFailed):
            odd_users._gitlab(replace(reply, said={"confirmed_at": other}))


def answer(body: str, kind: str = "application/json", status: int = 200) -> Answer:
    return Answer(status, {"content-type": kind}, body.encode())


def test_grants() -> None:
    grant = read_grant(answer('{"access_token":"a","token_type":"bearer","refresh_token":"r"}'))
    assert (grant.access, grant.refresh, grant.expires, grant.authorization) == ("a", "r", "", "Bearer a")
    assert read_grant(answer("access_token=a&expires_in=60", "application/x-www-form-urlencoded")).expires
    assert read_grant(answer('{"access_token":"a","token_type":"MAC"}')).authorization == "MAC a"


@pytest.mark.parametrize(
    "given",
    [
        answer("{"),
        answer("[]"),
        answer("{}"),
        answer('{"access_token":""}'),
        answer('{"access_token":5}'),
        answer('{"access_token":"a"}', status=400),
        answer('{"access_token":"a","error":"invalid_grant"}'),
        answer('{"access_token":"a","error":5}'),
        answer('{"access_token":"a","expires_in":""}'),
        answer('{"access_token":"a","expires_in":"soon"}'),
        answer('{"access_token":"a","expires_in":[]}'),
        answer('{"access_token":"a","expires_in":1e400}'),
        answer('{"access_token":"a","expires_in":3600.5}'),
        answer('{"access_token":"a","expires_in":true}'),
        answer('{"access_token":"a","expires_in":-5}'),
        answer('{"access_token":"a","expires_in":" 60 "}'),
        answer('{"access_token":"a","expires_in":"6_0"}'),
        answer('{"access_token":"a","token_type":5}'),
        answer('{"access_token":"a","refresh_token":5}'),
        answer("[" * 100_000),
    ],
)
def test_no_grants(given: Answer) -> None:
    with pytest.raises(CallFailed):
        read_grant(given)


def test_secrets_are_not_shown() -> None:
    grant = Grant("secret-1", refresh="secret-2", said={"id_token": "secret-3"})
    assert "secret" not in repr(grant)
    assert "secret" not in repr(answer(json.dumps({"access_token": "secret"})))
