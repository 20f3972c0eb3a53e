"""The environment as configuration."""

import pytest

from chalicelib.config import Config, ConfigError, get_config, read_config

READ = [
    ({}, Config()),
    (
        {"QUOLL_STAGE": "dev"},
        Config(stage="dev", table="quoll-dev", bucket="quoll-dev-files", metrics="stage"),
    ),
    ({"QUOLL_METRICS": "Function"}, Config(metrics="function")),
    ({"QUOLL_TABLE": "t", "QUOLL_BUCKET": "b"}, Config(table="t", bucket="b")),
    ({"QUOLL_CONFIG_TTL": "0"}, Config(config_ttl=0)),
    ({"QUOLL_CONFIG_TTL": "2.5"}, Config(config_ttl=2.5)),
    ({"QUOLL_QUERY_BUDGET": "50"}, Config(query_budget=50)),
    ({"QUOLL_LOG_LEVEL": "debug"}, Config(log_level="DEBUG")),
    ({"QUOLL_TRACING": "true"}, Config(tracing=True)),
    ({"QUOLL_TRACING": "False"}, Config(tracing=False)),
    ({"QUOLL_GROUPING": "single"}, Config(grouping="single")),
    ({"QUOLL_MAIL_SENDER": "me@example.com"}, Config(mail_sender="me@example.com")),
    ({"QUOLL_ALARM_TOPIC": "arn:aws:sns:us-east-1:1:a"}, Config(alarm_topic="arn:aws:sns:us-east-1:1:a")),
    ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, Config(region="eu-west-1")),
    ({"AWS_DEFAULT_REGION": "us-west-2"}, Config(region="us-west-2")),
    ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, Config(endpoint_url="http://127.0.0.1:1")),
]

REFUSED = [
    ({"QUOLL_STAGE": "a b"}, "QUOLL_STAGE"),
    ({"QUOLL_STAGE": "--"}, "QUOLL_STAGE"),
    ({"QUOLL_CONFIG_TTL": "soon"}, "QUOLL_CONFIG_TTL must be a number"),
    ({"QUOLL_CONFIG_TTL": "nan"}, "QUOLL_CONFIG_TTL"),
    ({"QUOLL_CONFIG_TTL": "-1"}, "QUOLL_CONFIG_TTL"),
    ({"QUOLL_CONFIG_TTL": "5.5"}, "QUOLL_CONFIG_TTL"),
    ({"QUOLL_QUERY_BUDGET": "0"}, "QUOLL_QUERY_BUDGET"),
    ({"QUOLL_QUERY_BUDGET": "inf"}, "QUOLL_QUERY_BUDGET"),
    ({"QUOLL_QUERY_BUDGET": "2.5"}, "QUOLL_QUERY_BUDGET"),
    ({"QUOLL_LOG_LEVEL": "LOUD"}, "QUOLL_LOG_LEVEL"),
    ({"QUOLL_METRICS": "all"}, "QUOLL_METRICS"),
    ({"QUOLL_TRACING": "perhaps"}, "QUOLL_TRACING"),
    ({"QUOLL_GROUPING": "pairs"}, "QUOLL_GROUPING"),
    ({"QUOLL_STAGE": "prod", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "AWS_ENDPOINT_URL"),
]


@pytest.mark.parametrize(("environ", "expected"), READ)
def test_read(environ: dict[str, str], expected: Config) -> None:
    assert read_config(environ) == expected


@pytest.mark.parametrize(("environ", "complaint"), REFUSED)
def test_refused(environ: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_config(environ)


def test_read_once() -> None:
    assert get_config() is get_config()


@pytest.mark.parametrize(
    ("stage", "expected"),
    [("local", True), ("dev", True), ("test", True), ("prod", False), ("staging", False)],
)
def test_which_stages_may_be_thrown_away(stage: str, expected: bool) -> None:
    assert read_config({"QUOLL_STAGE": stage}).is_disposable is expected
