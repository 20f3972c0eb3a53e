"""What of the settings is refused: one of each kind. The parity cases ask the real server all of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.shapes import WrongShape
from chalicelib.settings.model import DEFAULTS
from chalicelib.settings.validate import LONGEST_SECRET, find_long_secrets, find_problems

RULE = {"label": "*:list", "duration": 1, "maxRequests": 1}


def codes_of(found: Any, above: str = "") -> dict[str, str]:
    """Codes by the dotted path to them."""
    if "code" in found:
        return {above[1:]: found["code"].removeprefix("validation_")}
    return {path: code for name in found for path, code in codes_of(found[name], f"{above}.{name}").items()}


def test_the_defaults_are_valid():
    assert find_problems(DEFAULTS) == {}


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"meta": {"appName": ""}}, {"meta.appName": "required"}),
        ({"meta": {"appName": "ü" * 128}}, {"meta.appName": "length_out_of_range"}),
        ({"meta": {"accentColor": "red"}}, {"meta.accentColor": "length_invalid"}),
        ({"meta": {"accentColor": "#12345g"}}, {"meta.accentColor": "is_hex_color"}),
        ({"meta": {"accentColor": ""}}, {}),
        ({"meta": {"appURL": "x"}}, {"meta.appURL": "is_url"}),
        ({"meta": {"senderAddress": "a@b"}}, {"meta.senderAddress": "is_email"}),
        (
            {"smtp": {"enabled": True, "host": "", "port": 0}},
            {"smtp.host": "required", "smtp.port": "required"},
        ),
        ({"smtp": {"host": "", "port": 0, "authMethod": "", "localName": ""}}, {}),
        ({"smtp": {"host": "a b", "localName": "-"}}, {"smtp.host": "is_host", "smtp.localName": "is_host"}),
        ({"smtp": {"port": -1}}, {"smtp.port": "min_greater_equal_than_required"}),
        ({"smtp": {"authMethod": "CRAM-MD5"}}, {"smtp.authMethod": "in_invalid"}),
        (
            {"s3": {"enabled": True, "bucket": "b", "endpoint": "x y"}},
            {
                "s3.region": "required",
                "s3.endpoint": "is_url",
                "s3.accessKey": "required",
                "s3.secret": "required",
            },
        ),
        ({"backups": {"cron": "x"}}, {"backups.cron": "invalid_cron"}),
        ({"backups": {"cron": "@daily", "cronMaxKeep": 0}}, {"backups.cronMaxKeep": "required"}),
        ({"backups": {"s3": {"endpoint": "x"}}}, {"backups.s3.endpoint": "is_url"}),
        ({"batch": {"enabled": True, "timeout": 0}}, {"batch.timeout": "required"}),
        ({"logs": {"maxDays": -1}}, {"logs.maxDays": "min_greater_equal_than_required"}),
        ({"logs": {"minLevel": 2**53}}, {"logs.minLevel": "max_less_equal_than_required"}),
        ({"rateLimits": {"enabled": True, "rules": []}}, {"rateLimits.rules": "required"}),
        (
            {"rateLimits": {"rules": [RULE, {**RULE, "audience": "@auth"}], "excludedIPs": ["x"]}},
            {
                "rateLimits.rules.1.label": "conflicting_rate_limit_rule",
                "rateLimits.excludedIPs.0": "invlaid_ip_or_subnet",
            },
        ),
        (
            {"rateLimits": {"rules": [RULE, RULE, {**RULE, "label": "a b"}]}},
            {"rateLimits.rules.2.label": "match_invalid"},
        ),
        (
            {"superuserIPs": ["10.0.0.0/8", "x", ""]},
            {"superuserIPs.1": "invlaid_ip_or_subnet", "superuserIPs.2": "required"},
        ),
        (
            {"meta": None},
            {f"meta.{name}": "required" for name in ("appName", "appURL", "senderName", "senderAddress")},
        ),
        ({"SMTP": {"Port": -1}}, {"smtp.port": "min_greater_equal_than_required"}),
        ({"smtp": None, "logs": None, "batch": None, "rateLimits": None, "backups": None, "s3": None}, {}),
    ],
)
def test_refused(body: dict[str, Any], codes: dict[str, str]) -> None:
    assert codes_of(problems_to_json(find_problems(DEFAULTS.merged_with(body)))) == codes


def test_null_empties_a_group():
    gone = DEFAULTS.merged_with({"smtp": None, "rateLimits": None, "logs": {"maxDays": None}})
    assert (gone.smtp.port, gone.smtp.host, gone.rate_limits.rules, gone.logs.max_days) == (0, "", (), 0)
    assert gone.logs.log_ip is True


def test_a_long_secret_is_refused_once():
    long = {"backups": {"s3": {"secret": "x" * (LONGEST_SECRET + 1)}}}
    wanted = DEFAULTS.merged_with(long)
    code = {"backups.s3.secret": "length_too_long"}
    assert codes_of(problems_to_json(find_long_secrets(wanted, DEFAULTS))) == code
    assert find_long_secrets(wanted, wanted) == {}  # kept, it is sealed already


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        name: VALUES | st.fixed_dictionaries({}, optional=dict.fromkeys(group, VALUES))
        for name, group in DEFAULTS.to_stored().items()
    },
)


@settings(max_examples=200)
@given(BODIES)
def test_no_body_is_too_strange(body):
    try:
        wanted = DEFAULTS.merged_with(body)
    except WrongShape:
        return
    assert isinstance(problems_to_json(find_problems(wanted)), dict)
    assert isinstance(problems_to_json(find_long_secrets(wanted, DEFAULTS)), dict)
