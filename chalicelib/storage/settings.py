"""Settings: one JSON value by name."""

from typing import Any

from chalicelib import ids
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent
from chalicelib.storage.engine import WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed
from chalicelib.storage.items import ConfigItem

CURSOR_SECRET = "cursorSecret"  # noqa: S105 - its name, not the secret
SECRET_LENGTH = 50


def find_setting(name: str) -> Any:
    """A setting as it was saved; None when it never was."""
    found = get_engine().get((keys.CONFIG, keys.setting_sort(name)))
    return ConfigItem.from_attributes(found).value if found else None


def save_setting(name: str, value: Any) -> None:
    """Keep a setting, whatever it was."""
    item = ConfigItem(keys.CONFIG, keys.setting_sort(name)).keep(value)
    get_engine().write_all([WriteItem(item.to_attributes())])


def keep_setting(name: str, value: Any) -> Any:
    """The setting as it is; if there was none it is this from now on, whoever else tries at the same time."""
    found = find_setting(name)
    if found is not None:
        return found
    item = ConfigItem(keys.CONFIG, keys.setting_sort(name)).keep(value)
    try:
        get_engine().write_all([WriteItem(item.to_attributes(), Absent())])
    except ConditionFailed:
        return find_setting(name)
    return value


def keep_cursor_secret() -> str:
    """What cursors are sealed with: made once, with the default collections, the same for all functions."""
    return str(keep_setting(CURSOR_SECRET, ids.random_text(SECRET_LENGTH)))
