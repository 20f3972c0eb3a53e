"""What clients are told of providers."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from chalicelib.auth.oauth2.methods import challenge_of, describe_providers, draw_logo, list_known_providers
from chalicelib.schema.auth_options import AuthOptions, OAuth2, OAuth2Provider
from chalicelib.schema.providers import PROVIDERS


def describe(*providers: OAuth2Provider, enabled: bool = True) -> list[dict[str, str]]:
    return describe_providers(AuthOptions(oauth2=OAuth2(providers=providers, enabled=enabled)))


def test_an_address_to_go_to() -> None:
    (shown,) = describe(OAuth2Provider(name="google", client_id="a b", client_secret="hidden"))
    query = parse_qs(urlsplit(shown["authURL"]).query)
    assert shown["authURL"].endswith("&redirect_uri=")
    assert query["client_id"] == ["a b"]
    assert query["state"] == [shown["state"]]
    assert query["code_challenge"] == [shown["codeChallenge"]] == [challenge_of(shown["codeVerifier"])]
    assert (len(shown["state"]), len(shown["codeVerifier"])) == (30, 43)
    assert "hidden" not in str(shown)


def test_nothing_is_said_twice() -> None:
    one, other = (describe(OAuth2Provider(name="google"))[0] for _ in range(2))
    assert one["state"] != other["state"]
    assert one["codeVerifier"] != other["codeVerifier"]


@pytest.mark.parametrize(("given", "has"), [(None, True), (True, True), (False, False)])
def test_pkce_as_the_collection_says(given: bool | None, has: bool) -> None:
    (shown,) = describe(OAuth2Provider(name="google", pkce=given))
    assert bool(shown["codeVerifier"]) == ("code_challenge" in shown["authURL"]) == has


def test_off() -> None:
    assert describe(OAuth2Provider(name="google"), enabled=False) == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_logos_are_pictures(name: str) -> None:
    root = ElementTree.fromstring(draw_logo(PROVIDERS[name]))
    assert root[1].text == PROVIDERS[name].title[0].upper()


def test_known() -> None:
    assert [each["name"] for each in list_known_providers()] == list(PROVIDERS)
