"""The table of permissions as what Chalice reads: policy files, and each function's settings.

Roles belong to an account and are named after a stage alone, so their policies name a stage's table in
whatever region: `chalice deploy` in a second region uses the same roles.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from chalice.app import Chalice

from chalicelib.config import Config
from chalicelib.deploy.functions import API_HANDLER, group_views, jobs_of, views_of
from chalicelib.deploy.permissions import (
    COUNT_ATTEMPTS,
    FILL_TABLE,
    FOLLOW_STREAM,
    FUNCTIONS,
    KEEP_LOGS,
    READ_FILES,
    READ_SECRETS,
    READ_TABLE,
    REPORT_FAILURES,
    SEND_MAIL,
    WRITE_FILES,
    WRITE_TABLE,
    Needs,
    kind_of,
    needs_of,
)
from chalicelib.deploy.resources import queue_name
from chalicelib.storage.keys import ATTEMPTS_PREFIX, LOG_PREFIX

Statement: TypeAlias = dict[str, Any]
Document: TypeAlias = dict[str, Any]

EVERYWHERE = "arn:*:{service}:*:*:{resource}"
# X-Ray and ListStreams take no resource: AWS cannot narrow these.
ANY = "*"


def _allow(actions: str, *resources: str) -> Statement:
    return {"Effect": "Allow", "Action": actions.split(), "Resource": list(resources)}


def _arn(service: str, resource: str) -> str:
    return EVERYWHERE.format(service=service, resource=resource)


def _log(config: Config) -> Iterator[Statement]:
    groups = (f"log-group:/aws/lambda/quoll-{config.stage}{end}" for end in (":*", "-*:*"))
    actions = "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents"
    yield _allow(actions, *(_arn("logs", group) for group in groups))


def _trace(config: Config) -> Iterator[Statement]:
    if config.tracing:
        yield _allow("xray:PutTraceSegments xray:PutTelemetryRecords", ANY)


def _read_table(config: Config) -> Iterator[Statement]:
    table = f"table/{config.table}"
    actions = "dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query"
    yield _allow(actions, _arn("dynamodb", table), _arn("dynamodb", f"{table}/index/gsi*"))


def _write_table(config: Config) -> Iterator[Statement]:
    actions = "dynamodb:PutItem dynamodb:DeleteItem dynamodb:ConditionCheckItem"
    yield _allow(actions, _arn("dynamodb", f"table/{config.table}"))


def _fill_table(config: Config) -> Iterator[Statement]:
    yield _allow("dynamodb:BatchWriteItem", _arn("dynamodb", f"table/{config.table}"))


def _count_attempts(config: Config) -> Iterator[Statement]:
    yield _within(ATTEMPTS_PREFIX, _allow("dynamodb:UpdateItem", _arn("dynamodb", f"table/{config.table}")))


def _keep_logs(config: Config) -> Iterator[Statement]:
    yield _within(LOG_PREFIX, _allow("dynamodb:PutItem", _arn("dynamodb", f"table/{config.table}")))


def _within(prefix: str, statement: Statement) -> Statement:
    """The same for partitions that begin so; a call that tells of none is none of those."""
    keys = "dynamodb:LeadingKeys"
    return {
        **statement,
        "Condition": {"ForAllValues:StringLike": {keys: [f"{prefix}*"]}, "Null": {keys: "false"}},
    }


def _read_files(config: Config) -> Iterator[Statement]:
    yield _allow("s3:GetObject", f"arn:*:s3:::{config.bucket}/*")
    # To list them, and so that what is not there is a 404: without it S3 says 403.
    yield _allow("s3:ListBucket", f"arn:*:s3:::{config.bucket}")


def _write_files(config: Config) -> Iterator[Statement]:
    yield _allow("s3:PutObject s3:DeleteObject", f"arn:*:s3:::{config.bucket}/*")


def _read_secrets(config: Config) -> Iterator[Statement]:
    yield _allow("ssm:GetParameter", _arn("ssm", f"parameter/quoll/{config.stage}/*"))


def _send_mail(config: Config) -> Iterator[Statement]:
    # The sender may be set at run time; SES sends for proven ones alone.
    resources = (_arn("ses", f"{kind}/*") for kind in ("identity", "configuration-set"))
    yield _allow("ses:SendEmail ses:SendRawEmail", *resources)


def _follow_stream(config: Config) -> Iterator[Statement]:
    actions = "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator"
    yield _allow(actions, _arn("dynamodb", f"table/{config.table}/stream/*"))
    yield _allow("dynamodb:ListStreams", ANY)


def _report_failures(config: Config) -> Iterator[Statement]:
    yield _allow("sqs:SendMessage", _arn("sqs", queue_name(config)))


STATEMENTS: Mapping[str, Callable[[Config], Iterator[Statement]]] = {
    READ_TABLE: _read_table,
    WRITE_TABLE: _write_table,
    FILL_TABLE: _fill_table,
    COUNT_ATTEMPTS: _count_attempts,
    KEEP_LOGS: _keep_logs,
    READ_FILES: _read_files,
    WRITE_FILES: _write_files,
    READ_SECRETS: _read_secrets,
    SEND_MAIL: _send_mail,
    FOLLOW_STREAM: _follow_stream,
    REPORT_FAILURES: _report_failures,
}


def policy_document(needs: Needs, config: Config) -> Document:
    """The policy of a function on a stage. All may log, and trace where the stage does."""
    named = [write for grant, write in STATEMENTS.items() if grant in needs.may]
    statements = [each for write in (_log, _trace, *named) for each in write(config)]
    return {"Version": "2012-10-17", "Statement": statements}


def members_of(app: Chalice, grouping: str) -> dict[str, list[str]]:
    """Every function that is deployed, with the rows whose work it does.

    Rows that are no view's are jobs', whether or not the application has them now: without the table's stream
    it does not have the one that follows it.
    """
    views = {view.view_name for view in views_of(app)}
    jobs = {name: [name] for name in (*FUNCTIONS, *jobs_of(app)) if name not in views}
    return {API_HANDLER: [], **group_views(app, grouping), **jobs}


def policy_files(app: Chalice, config: Config) -> dict[str, Document]:
    """The policy files of a stage, by their place below .chalice. Raises KeyError."""
    needed = [needs_of(members) for members in members_of(app, config.grouping).values()]
    return {_file(needs, config): policy_document(needs, config) for needs in needed}


def function_settings(app: Chalice, config: Config) -> dict[str, dict[str, Any]]:
    """The stage's `lambda_functions` in .chalice/config.json. Raises KeyError."""
    members = members_of(app, config.grouping)
    return {name: _settings(name, needs_of(members[name]), config) for name in sorted(members)}


def _settings(name: str, needs: Needs, config: Config) -> dict[str, Any]:
    settings: dict[str, Any] = {"iam_policy_file": _file(needs, config), "lambda_timeout": needs.seconds}
    if needs.memory:
        settings["lambda_memory_size"] = needs.memory
    if name == API_HANDLER:
        # For this one `chalice package` would name a log group after what the template does not have.
        settings["log_retention_in_days"] = 0
    return settings


def _file(needs: Needs, config: Config) -> str:
    return f"policies/{config.stage}/{kind_of(needs.may)}.json"
