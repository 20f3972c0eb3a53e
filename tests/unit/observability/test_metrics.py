"""Metrics: where they are wanted, in CloudWatch's embedded format, with few dimensions."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.config import get_config
from chalicelib.observability import metrics
from chalicelib.observability.metrics import UNITS, publish_metrics

Publish = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Publish:
    """Publish on a stage with these metrics; the lines that come of it."""

    def given(kind: str, *arguments: Any) -> list[dict[str, Any]]:
        monkeypatch.setattr(metrics, "get_config", lambda: replace(get_config(), stage="prod", metrics=kind))
        publish_metrics(*arguments)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return given


def test_a_line_in_the_embedded_format(publish: Publish) -> None:
    (line,) = publish("stage", "quoll-prod-records_list", {"Latency": 12.5, "Errors": 0}, {"route": "/api/x"})
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "Quoll",
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": "Latency", "Unit": "Milliseconds"}, {"Name": "Errors", "Unit": "Count"}],
    }
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000
    assert (line["stage"], line["Latency"], line["Errors"]) == ("prod", [12.5], [0.0])
    assert (line["function"], line["route"]) == ("quoll-prod-records_list", "/api/x")


def test_by_function_where_that_is_wanted(publish: Publish) -> None:
    (line,) = publish("function", "f", {"Latency": 1})
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["stage"], ["stage", "function"]]
    assert (line["stage"], line["function"]) == ("prod", "f")


def test_off(publish: Publish) -> None:
    assert publish("off", "f", {"Latency": 1}) == []


def test_each_line_has_its_own_numbers(publish: Publish) -> None:
    publish("stage", "f", {"Latency": 1}, {"route": "/a"})
    (line,) = publish("stage", "f", {"Errors": 1})
    assert "Latency" not in line and "route" not in line


def test_on_this_machine_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    publish_metrics("f", {"Latency": 1})
    assert capsys.readouterr().out == ""


def test_an_unknown_metric_is_a_fault(publish: Publish) -> None:
    with pytest.raises(KeyError):
        publish("stage", "f", {"Nonsense": 1})


def test_there_are_few() -> None:
    """Each costs a price per stage (and per function, where that is wanted)."""
    assert len(UNITS) <= 10
