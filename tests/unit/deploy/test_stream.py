"""Which stream the function that follows the table is deployed for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import pytest
from chalice.app import Chalice

from chalicelib.config import Config
from chalicelib.deploy.stream import StreamUnknown, find_stream, point_at_stream
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import NotThere, Unavailable

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/quoll-test/stream/"


def answering(table: dict[str, Any] | Exception) -> Engine:
    def send(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if isinstance(table, Exception):
            raise table
        return {"Table": table}

    return Engine("t", send)


@contextmanager
def typed(command: str, **options: str) -> Iterator[None]:
    with click.Context(click.Command(command), info_name=command) as context:
        context.params.update(options)
        yield


def an_app() -> Chalice:
    app = Chalice("quoll", configure_logs=False)
    app.on_dynamodb_record("to come")(lambda event: None)
    app.schedule("rate(1 minute)", name="tick")(lambda event: None)
    return app


def test_the_latest_one() -> None:
    table = {"StreamSpecification": {"StreamEnabled": True}, "LatestStreamArn": ARN}
    assert find_stream(answering(table), "dev") == ARN


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            NotThere("none"),
            "The table t is not there: run `python -m chalicelib provision --stage dev` first.",
        ),
        ({"TableName": "t"}, "The table t has no stream: run `python -m chalicelib provision"),
        (Unavailable("no credentials"), "The table t cannot be looked at: no credentials"),
    ],
)
def test_what_to_do_when_there_is_none(table: dict[str, Any] | Exception, says: str) -> None:
    with pytest.raises(StreamUnknown) as raised:
        find_stream(answering(table), "dev")
    assert says in raised.value.message


def test_deploying_finds_it(engine: Engine) -> None:
    app = an_app()
    with typed("deploy"):
        point_at_stream(app, Config(table=engine.table))
    assert app.event_sources[0].stream_arn.startswith("arn:aws:dynamodb:")
    assert f"table/{engine.table}/stream/" in app.event_sources[0].stream_arn


@pytest.mark.parametrize(("command", "arn"), [("package", ARN), ("generate-models", ""), ("deploy", ARN)])
def test_otherwise_nobody_is_asked(command: str, arn: str) -> None:
    app = an_app()
    with typed(command):
        point_at_stream(app, Config(stream_arn=arn))
    assert app.event_sources[0].stream_arn == "to come"


def test_a_template_that_is_merged_names_it() -> None:
    app = an_app()
    with typed("package", merge_template="resources.json"):
        point_at_stream(app, Config())
    assert app.event_sources[0].stream_arn == "to come"


def test_a_package_that_would_follow_nothing_is_refused() -> None:
    """Terraform merges no templates, so there it has to be named."""
    with typed("package", pkg_format="terraform"), pytest.raises(StreamUnknown) as raised:
        point_at_stream(an_app(), Config(stage="dev", table="t"))
    assert "add --merge-template" in raised.value.message
    assert "set QUOLL_STREAM_ARN for the stage" in raised.value.message
