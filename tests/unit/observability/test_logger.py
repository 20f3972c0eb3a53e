"""The one logger."""

import json
import logging

from chalicelib.observability.logger import logger


def test_lines_are_json_with_a_service_and_without_source_locations() -> None:
    record = logging.LogRecord("quoll", logging.INFO, __file__, 1, "hello", None, None)
    line = json.loads(logger.registered_formatter.format(record))
    assert (line["service"], line["message"], line["level"]) == ("quoll", "hello", "INFO")
    assert "location" not in line


def test_what_chalice_logs_comes_out_of_the_same_handler() -> None:
    assert logging.getLogger("quoll").handlers == [logger.registered_handler]
