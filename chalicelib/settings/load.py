"""The settings as they are now: loaded with the collections, by the same read, and kept as long."""

from chalicelib.collections.load import Snapshot, get_newest, get_snapshot, peek_snapshot
from chalicelib.settings.model import Settings, settings_from


class _Memory:
    """The settings that were made of what this process holds."""

    def __init__(self) -> None:
        self.made: tuple[object, Settings] | None = None


_memory = _Memory()


def get_settings() -> Settings:
    """The settings, as fresh as CONFIG_TTL says. Costs no read of its own."""
    return settings_of(get_snapshot())


def get_newest_settings() -> Settings:
    """The settings as they are now: for whoever manages them. Costs a read of the version."""
    return settings_of(get_newest())


def peek_settings() -> Settings:
    """What is in memory, however old (loaded when nothing is)."""
    return settings_of(peek_snapshot())


def settings_of(snapshot: Snapshot) -> Settings:
    """The settings of a snapshot, made once for all requests that meet the same."""
    made = _memory.made
    if made is None or made[0] is not snapshot.settings:
        made = _memory.made = (snapshot.settings, settings_from(snapshot.settings))
    return made[1]
