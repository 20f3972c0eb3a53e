"""A provider as a collection has it: the row of the table with what the collection says otherwise."""

from chalicelib.schema.auth_options import OAuth2, OAuth2Provider
from chalicelib.schema.providers import PROVIDERS, Provider


def find_configured(options: OAuth2, name: str) -> OAuth2Provider | None:
    """The collection's provider of this name."""
    return next((each for each in options.providers if each.name == name), None)


def row_of(provider: OAuth2Provider) -> Provider:
    """What is known about it."""
    return PROVIDERS[provider.name]


def has_pkce(provider: OAuth2Provider) -> bool:
    """Whether the code that it gives is bound to a verifier."""
    return row_of(provider).pkce if provider.pkce is None else provider.pkce


def auth_url_of(provider: OAuth2Provider) -> str:
    """Where people sign in."""
    return provider.auth_url or row_of(provider).auth_url


def exchange_url_of(provider: OAuth2Provider) -> str:
    """Where a code becomes a token."""
    return provider.token_url or row_of(provider).exchange_url


def user_url_of(provider: OAuth2Provider) -> str:
    """Where it tells who a token was given to; "" when only an id token does."""
    return provider.user_info_url or row_of(provider).user_url
