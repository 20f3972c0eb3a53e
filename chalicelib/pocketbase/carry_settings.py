"""Settings of a data directory as Quoll's, secrets sealed; and Quoll's as PocketBase keeps them."""

from collections.abc import Mapping
from typing import Any

from chalicelib.pocketbase.data_folder import DataUnreadable
from chalicelib.schema.shapes import WrongShape
from chalicelib.settings.model import DEFAULTS, SECRETS, Settings
from chalicelib.settings.seal import SecretLost, open_secret, seal_secrets
from chalicelib.settings.validate import find_long_secrets, find_problems
from chalicelib.storage.secrets import SecretMissing

KEPT_DEFAULT = "Settings: {} is not carried, and has its default: it is not what Quoll takes."
ELSEWHERE = (
    "Files: PocketBase keeps them in the bucket {}, not in the directory. Copy them once, keys as they are:"
    " aws s3 sync s3://{} s3://{}"
)
LOST = "Settings: {} could not be opened and is left empty: set it again."


def settings_from(found: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """The settings, sealed, and what is to be told. Raises DataUnreadable, SecretMissing."""
    try:
        wanted = DEFAULTS.merged_with(found)
    except WrongShape as wrong:
        raise DataUnreadable(f"The settings cannot be read: {wrong}.") from wrong
    wrong_groups = sorted({**find_problems(wanted), **find_long_secrets(wanted, DEFAULTS)})
    kept = {name: value for name, value in found.items() if name not in wrong_groups}
    told = [KEPT_DEFAULT.format(name) for name in wrong_groups]
    return seal_secrets(DEFAULTS.merged_with(kept), DEFAULTS), told


def settings_to(settings: Settings) -> tuple[dict[str, Any], list[str]]:
    """The settings with their secrets in the clear, as PocketBase keeps them, and what is to be told.

    Files are written into the directory: whatever bucket the settings name is not where they are.
    """
    shown, told = settings.to_stored(), []
    for *groups, name in SECRETS:
        group = shown
        for each in groups:
            group = group[each]
        path = ".".join([*groups, name])
        try:
            group[name] = open_secret(group[name], path)
        except (SecretLost, SecretMissing):
            group[name] = ""
            told.append(LOST.format(path))
    shown["s3"]["enabled"] = False
    return shown, told
