"""Which stream the function that follows the table is made for.

`chalice deploy` has to know; `chalice package` leaves the place to the template (template.py), or to
QUOLL_STREAM_ARN. The Chalice CLI loads the application first and is told afterwards.
"""

import click
from chalice.app import Chalice

from chalicelib.config import Config
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.table import find_table


class StreamUnknown(click.ClickException):
    """There is no stream to deploy for; the CLI shows what to do."""


def point_at_stream(app: Chalice, config: Config) -> None:
    """On `chalice deploy`, name the stage's stream where it is followed, unless the environment names it."""
    if _is_deploying() and not config.stream_arn:
        followers = [each for each in app.event_sources if hasattr(each, "stream_arn")]
        arn = find_stream(get_engine(), config.stage) if followers else ""
        for each in followers:
            each.stream_arn = arn


def find_stream(engine: Engine, stage: str) -> str:
    """The ARN of the table's stream. Raises StreamUnknown."""
    try:
        table = find_table(engine) or {}
    except StorageFailure as error:
        raise StreamUnknown(f"The table {engine.table} cannot be looked at: {error}") from error
    if not table.get("StreamSpecification", {}).get("StreamEnabled"):
        what = "has no stream" if table else "is not there"
        raise StreamUnknown(
            f"The table {engine.table} {what}: run `python -m chalicelib provision --stage {stage}` first."
        )
    return str(table["LatestStreamArn"])


def _is_deploying() -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and context.info_name == "deploy")
