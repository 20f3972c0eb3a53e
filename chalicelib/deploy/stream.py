"""Which stream the function that follows the table is made for.

`chalice deploy` has to know; `chalice package` leaves the place to the template that is merged (template.py),
or to QUOLL_STREAM_ARN. The Chalice CLI loads the application first and is told afterwards.
"""

import click
from chalice.app import Chalice

from chalicelib.config import Config
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.table import find_table

NO_TEMPLATE = (
    "Nothing says which stream to follow: add --merge-template with what `python -m chalicelib template"
    " --stage {stage}` writes; or, as Terraform needs it, set QUOLL_STREAM_ARN for the stage in"
    " .chalice/config.json: `aws dynamodb describe-table --table-name {table} --query Table.LatestStreamArn`."
)


class StreamUnknown(click.ClickException):
    """There is no stream to deploy for; the CLI shows what to do."""


def point_at_stream(app: Chalice, config: Config) -> None:
    """On `chalice deploy`, name the stage's stream where it is followed, unless the environment names it."""
    followers = [each for each in app.event_sources if hasattr(each, "stream_arn")]
    context = click.get_current_context(silent=True)
    if config.stream_arn or not followers or not context:
        return
    if context.info_name == "package" and not context.params.get("merge_template"):
        raise StreamUnknown(NO_TEMPLATE.format(stage=config.stage, table=config.table))
    if context.info_name == "deploy":
        arn = find_stream(get_engine(), config.stage)
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
