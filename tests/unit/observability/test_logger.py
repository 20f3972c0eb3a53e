"""The one logger."""

import json
import logging

import pytest

from chalicelib.observability.logger import logger, write_line
from tests.logged import kept_lines

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImFiYyJ9.c2lnbmF0dXJlLW9mLWl0"


def test_lines_are_json_with_a_service_and_without_source_locations() -> None:
    record = logging.LogRecord("quoll", logging.INFO, __file__, 1, "hello", None, None)
    line = json.loads(logger.registered_formatter.format(record))
    assert (line["service"], line["message"], line["level"]) == ("quoll", "hello", "INFO")
    assert "location" not in line


def test_what_chalice_logs_comes_out_of_the_same_handler() -> None:
    assert logging.getLogger("quoll").handlers == [logger.registered_handler]


def test_no_token_leaves_in_an_exceptions_text() -> None:
    with kept_lines() as lines:
        try:
            raise RuntimeError(f"refused: {TOKEN}")
        except RuntimeError:
            logger.exception(f"about {TOKEN}", extra={"deep": {"header": [TOKEN]}})
    (line,) = lines
    assert TOKEN not in json.dumps(line)
    assert "refused: ***" in line["exception"]


@pytest.mark.parametrize("value", ['a "quote"', "a\nline", "é", "\udfff", object])
def test_any_value_is_a_line(value: object) -> None:
    line = write_line({"value": value})
    assert "\n" not in line
    assert json.loads(line)
