"""Changing the settings: all of it or nothing, never over somebody else's change."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.collections.load import Snapshot, get_newest, note_saved
from chalicelib.errors import UNREADABLE, BadRequest, TooManyRequests, ValidationFailed
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.shapes import WrongShape
from chalicelib.settings.load import settings_of
from chalicelib.settings.model import Settings
from chalicelib.settings.seal import seal_secrets
from chalicelib.settings.validate import find_long_secrets, find_problems
from chalicelib.storage.collections import save_collections, settings_write
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Conflict, ItemTooLarge
from chalicelib.storage.secrets import SecretMissing

ATTEMPTS = 20
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
NOT_SAVED = "An error occurred while saving the new settings."
TOO_LARGE = "The settings are too large: together they have to stay below 400 KB."
TOO_BUSY = "The settings were changed by somebody else meanwhile. Please try again."


def change_settings(body: Mapping[str, Any]) -> Settings:
    """Change what a body names, and tell all. Raises BadRequest, ValidationFailed, TooManyRequests."""
    try:
        return save_settings(lambda former: decide_settings(former, body))
    except SecretMissing as missing:
        raise BadRequest(f"{NOT_SAVED} {missing}") from missing


def decide_settings(former: Settings, body: Mapping[str, Any]) -> Settings:
    """The settings as they would become, secrets sealed. Raises BadRequest, ValidationFailed."""
    try:
        wanted = former.merged_with(body)
    except WrongShape as error:
        raise BadRequest(UNREADABLE) from error
    problems = find_problems(wanted) or find_long_secrets(wanted, former)
    if problems:
        raise ValidationFailed(NOT_SAVED, problems_to_json(problems))
    return seal_secrets(wanted, former)


def save_settings(decide: Callable[[Settings], Settings]) -> Settings:
    """Save what `decide` makes of the present settings; asked again when another change came first."""
    for attempt in range(ATTEMPTS):
        snapshot = get_newest()
        former = settings_of(snapshot)
        wanted = decide(former)
        try:
            if wanted != former:
                _write(wanted, snapshot)
            return wanted
        except Conflict:
            # Whoever lost must not lose again to the same others: pauses are random, and grow.
            get_engine().pause(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))  # noqa: S311
    raise TooManyRequests(TOO_BUSY)


def _write(wanted: Settings, snapshot: Snapshot) -> None:
    stored = wanted.to_stored()
    try:
        version = save_collections((), (), snapshot.version, [settings_write(stored)])
    except ItemTooLarge as failure:
        raise BadRequest(TOO_LARGE) from failure
    note_saved(replace(snapshot, settings=stored, version=version), snapshot.version)
