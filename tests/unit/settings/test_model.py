"""Settings and their JSON: shown without secrets, changed by what is named, kept whole."""

import json

import pytest

from chalicelib.schema.shapes import WrongShape
from chalicelib.settings.model import DEFAULTS, SECRETS, settings_from


def test_what_is_shown_has_no_secret():
    changed = DEFAULTS.merged_with(
        {"smtp": {"password": "hush"}, "s3": {"secret": "hush"}, "backups": {"s3": {"secret": "hush"}}}
    )
    assert json.dumps(changed.to_stored()).count("hush") == len(SECRETS)
    assert "hush" not in json.dumps(changed.to_json()) + repr(changed)


@pytest.mark.parametrize(
    ("body", "name", "value"),
    [
        ({"meta": {"appName": "Beta"}}, "meta", {**DEFAULTS.to_json()["meta"], "appName": "Beta"}),
        ({"superuserIPs": ["10.0.0.1"]}, "superuserIPs", ["10.0.0.1"]),
        ({"unknown": 1}, "logs", DEFAULTS.to_json()["logs"]),
        (
            {"rateLimits": {"rules": []}},
            "rateLimits",
            {"rules": [], "excludedIPs": [], "enabled": False},
        ),
    ],
)
def test_what_a_body_names_is_replaced(body, name, value):
    assert DEFAULTS.merged_with(body).to_json()[name] == value


@pytest.mark.parametrize("body", [{"meta": 1}, {"meta": {"appName": 1}}, {"superuserIPs": "x"}, []])
def test_another_shape_is_refused(body):
    with pytest.raises(WrongShape):
        DEFAULTS.merged_with(body)


def test_stored_and_again():
    changed = DEFAULTS.merged_with({"logs": {"maxDays": 1}, "smtp": {"password": "sealed"}})
    assert settings_from(json.loads(json.dumps(changed.to_stored()))) == changed
    assert settings_from({}) == DEFAULTS
