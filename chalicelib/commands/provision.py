"""``provision``: what has to exist before the first request. Harmless when repeated."""

import time

from chalicelib.collections.create import ensure_defaults
from chalicelib.config import get_config
from chalicelib.storage.bucket import create_bucket
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.table import create_table, expire_items, is_active

ACTIVE_SECONDS = 300
ASK_EVERY = 2.0


def provision() -> list[str]:
    """Make the table, the bucket and the default collections where they are missing; what was made."""
    engine = get_engine()
    made = []
    if create_table(engine):
        made.append(f"table {engine.table}")
    wait_until_active(engine)
    expire_items(engine)
    if create_bucket(get_config()):
        made.append(f"bucket {get_config().bucket}")
    ensure_defaults()
    return made


def wait_until_active(engine: Engine) -> None:
    """A new table takes some seconds before it can be used, on AWS."""
    deadline = time.monotonic() + ACTIVE_SECONDS
    while not is_active(engine):
        if time.monotonic() > deadline:
            raise TimeoutError(f"table {engine.table} is still not active after {ACTIVE_SECONDS} seconds")
        engine.pause(ASK_EVERY)
