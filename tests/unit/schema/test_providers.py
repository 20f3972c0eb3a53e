"""The table of providers."""

import re

import pytest

from chalicelib.schema.providers import PROVIDERS

# Those that have no address of their own: everybody runs one.
ANYWHERE = {"mailcow", "oidc", "oidc2", "oidc3"}


def test_all_that_pocketbase_has() -> None:
    assert len(PROVIDERS) == 32
    assert next(iter(PROVIDERS)) == "apple"
    assert list(PROVIDERS)[-3:] == ["oidc", "oidc2", "oidc3"]


@pytest.mark.parametrize("name", PROVIDERS)
def test_row(name: str) -> None:
    row = PROVIDERS[name]
    urls = [row.auth_url, row.exchange_url, row.user_url]
    assert row.title
    assert row.user.id
    assert re.fullmatch(r"#[0-9a-f]{6}", row.color)
    if name in ANYWHERE:
        assert urls == ["", "", ""]
    else:
        assert all(url.startswith("https://") for url in urls if url)
        assert all(urls[:2])
        assert row.user_url or name == "apple"
