"""Secrets among the settings: sealed before they are stored, opened only where they are used.

The key is the stage's own (`settings-key` in SSM). A seal is good for one setting: moved to another it does
not open.
"""

from collections.abc import Sequence

from chalicelib.schema.shapes import read_object
from chalicelib.security.sealed import seal, unseal
from chalicelib.settings.model import SECRETS, Settings, get_at
from chalicelib.storage.secrets import get_secret

KEY = "settings-key"


class SecretLost(Exception):
    """A secret that the stage's key does not open: it was sealed with another, and is to be set again."""


def seal_secrets(settings: Settings, former: Settings) -> Settings:
    """The settings with the secrets sealed that are not the former ones, which are sealed already."""
    for path in SECRETS:
        given = get_at(settings, path)
        if given and given != get_at(former, path):
            settings = _with(settings, path, seal(given, get_secret(KEY), _bound(path)))
    return settings


def open_secret(sealed: str, name: str) -> str:
    """A secret's text; "" when there is none. `name` is the setting's: smtp.password. Raises SecretLost."""
    opened = unseal(sealed, get_secret(KEY), _bound(name.split("."))) if sealed else ""
    if opened is None:
        raise SecretLost(f"The setting {name} was sealed with another key: save it again.")
    return opened


def _with(settings: Settings, path: Sequence[str], text: str) -> Settings:
    data: object = text
    for name in reversed(path):
        data = {name: data}
    return read_object(settings, data)


def _bound(path: Sequence[str]) -> list[str]:
    return ["settings", *path]
