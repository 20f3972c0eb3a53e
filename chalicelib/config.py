"""The configuration: read once from the environment, typed, and refused when it makes no sense.

QUOLL_STAGE            local, dev, prod or test (any name of a stage in .chalice/config.json); default local
QUOLL_TABLE            the DynamoDB table; default quoll-<stage>
QUOLL_BUCKET           the S3 bucket; default quoll-<stage>-files
QUOLL_CONFIG_TTL       seconds a loaded set of collections is trusted unasked, at most 5; default 1
QUOLL_STREAM_ARN       the table's stream, for the function that follows it; default none
QUOLL_QUERY_BUDGET     the most items one request may examine; default 10000
QUOLL_LOG_LEVEL        DEBUG, INFO, WARNING or ERROR; default INFO
QUOLL_TRACING          true sends traces to X-Ray (the stage needs "xray": true as well); default false
QUOLL_METRICS          metrics for CloudWatch: off, stage or function; default stage, on local and test off
QUOLL_GROUPING         which routes share a Lambda function: route (none do), resource, single; default route
QUOLL_MAIL_SENDER      the address that mail comes from: provisioning asks SES about it; default none
QUOLL_ALARM_TOPIC      the ARN of the SNS topic that alarms tell; default none
QUOLL_STATE            the folder of `make run`; default .quoll
AWS_REGION             also AWS_DEFAULT_REGION; commands take the AWS profile's as well; default us-east-1
AWS_ENDPOINT_URL       another AWS than Amazon's (the embedded one); default none

`make run` sets the stage and all of AWS itself (use_local_aws), whatever the shell says.
"""

import os
import socket
from collections.abc import Mapping, MutableMapping
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from chalicelib.frozen import dataclass

# What an embedded AWS wants to be asked with; nobody's own profiles and credentials have a say.
LOCAL_AWS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
HERE = "127.0.0.1,localhost"
STAGES_FILE = Path(__file__).parents[1] / ".chalice" / "config.json"
ENDPOINT_FILE = "aws-endpoint"  # under the state folder, while the embedded AWS runs
CONNECT_SECONDS = 2
# In place of the stream while the Chalice CLI loads the application: deploy/ puts it right.
STREAM_TO_COME = "arn:aws:dynamodb:us-east-1:000000000000:table/run-provision-first/stream/none"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_BOOLEANS = ("true", "false")
METRICS = ("off", "stage", "function")
UNWATCHED = ("local", "test")
GROUPINGS = ("route", "resource", "single")
# Stages that may be thrown away: nothing protects their table from deletion.
DISPOSABLE = ("local", "dev", "test")
ENVIRON = os.environ  # for deploy/stages.py: it is named in this file alone

Number = TypeVar("Number", int, float)


class ConfigError(Exception):
    """The environment does not make a usable configuration."""


class NotRunning(Exception):
    """The local stage was meant, and it is not there."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between stages."""

    stage: str = "local"
    table: str = "quoll-local"
    bucket: str = "quoll-local-files"
    stream_arn: str = ""
    config_ttl: float = 1.0
    query_budget: int = 10_000
    log_level: str = "INFO"
    tracing: bool = False
    metrics: str = "off"
    grouping: str = "route"
    mail_sender: str = ""
    alarm_topic: str = ""
    region: str = "us-east-1"
    endpoint_url: str = ""

    @property
    def is_disposable(self) -> bool:
        """Whether losing this stage's data is nobody's loss."""
        return self.stage in DISPOSABLE


@cache
def get_config() -> Config:
    """The configuration of this process."""
    return read_config(os.environ)


def get_log_level() -> str:
    """The level to log with. Asked on importing, when nothing may be refused yet: get_config does."""
    return level if (level := _log_level(os.environ)) in LOG_LEVELS else "INFO"


def get_stream_arn() -> str:
    """The table's stream. Asked on importing, as the level is. The Chalice CLI is told it later."""
    return os.environ.get("QUOLL_STREAM_ARN") or (STREAM_TO_COME if is_chalice_cli() else "")


def is_chalice_cli() -> bool:
    """Whether the Chalice CLI has loaded the application, to deploy it."""
    return os.environ.get("AWS_CHALICE_CLI_MODE") == "true"


def find_state(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of `make run`."""
    return Path(environ.get("QUOLL_STATE") or ".quoll").absolute()


def find_value(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """What a variable holds that whoever typed a command has named; "" when none is."""
    return environ.get(name, "") if name else ""


def join_local_aws(environ: MutableMapping[str, str] = os.environ) -> None:
    """On the local stage, use the AWS that `make run` has started. Raises NotRunning if there is none."""
    if (environ.get("QUOLL_STAGE") or "local") != "local" or environ.get("AWS_ENDPOINT_URL"):
        return
    state = find_state(environ)
    try:
        endpoint = (state / ENDPOINT_FILE).read_text().strip()
        _knock(endpoint)
    except (OSError, ValueError) as error:
        raise NotRunning(
            f"Quoll does not run on the data in {state}. Start it with `make run`, change the superuser"
            " with `make superuser`, or name another folder with QUOLL_STATE or a stage with QUOLL_STAGE."
        ) from error
    use_local_aws(endpoint, environ)


def use_local_aws(endpoint: str, environ: MutableMapping[str, str] = os.environ) -> None:
    """Make an environment the local stage's, whatever it says about AWS and about proxies."""
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    for name in ("no_proxy", "NO_PROXY"):
        environ[name] = ",".join(filter(None, (environ.get(name), HERE)))
    environ.update(LOCAL_AWS, AWS_ENDPOINT_URL=endpoint, QUOLL_STAGE="local")


def read_config(environ: Mapping[str, str]) -> Config:
    """The configuration that an environment describes."""
    stage = environ.get("QUOLL_STAGE") or "local"
    config = Config(
        stage=stage,
        table=environ.get("QUOLL_TABLE") or f"quoll-{stage}",
        bucket=environ.get("QUOLL_BUCKET") or f"quoll-{stage}-files",
        stream_arn=environ.get("QUOLL_STREAM_ARN", ""),
        config_ttl=_number(environ, "QUOLL_CONFIG_TTL", 1.0),
        query_budget=_number(environ, "QUOLL_QUERY_BUDGET", 10_000),
        log_level=_log_level(environ),
        tracing=(environ.get("QUOLL_TRACING") or "false").lower() == "true",
        metrics=(environ.get("QUOLL_METRICS") or ("off" if stage in UNWATCHED else "stage")).lower(),
        grouping=environ.get("QUOLL_GROUPING") or "route",
        mail_sender=environ.get("QUOLL_MAIL_SENDER", ""),
        alarm_topic=environ.get("QUOLL_ALARM_TOPIC", ""),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        endpoint_url=environ.get("AWS_ENDPOINT_URL", ""),
    )
    _refuse_nonsense(config, environ)
    return config


def _log_level(environ: Mapping[str, str]) -> str:
    return (environ.get("QUOLL_LOG_LEVEL") or "INFO").upper()


def _knock(endpoint: str) -> None:
    """Raise OSError or ValueError unless somebody listens there."""
    address = urlsplit(endpoint)
    socket.create_connection((address.hostname, address.port or 0), CONNECT_SECONDS).close()


def _number(environ: Mapping[str, str], name: str, default: Number) -> Number:
    """A number of the default's kind."""
    text = environ.get(name) or str(default)
    try:
        return type(default)(text)
    except ValueError as error:
        raise ConfigError(f"{name} must be a number, not {text!r}") from error


def _refuse_nonsense(config: Config, environ: Mapping[str, str]) -> None:
    complaints = {
        "QUOLL_STAGE must be letters, digits, - and _": config.stage.replace("-", "")
        .replace("_", "")
        .isalnum(),
        "QUOLL_CONFIG_TTL must be between 0 and 5": 0 <= config.config_ttl <= 5,
        "QUOLL_QUERY_BUDGET must be at least 1": config.query_budget >= 1,
        f"QUOLL_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}": config.log_level in LOG_LEVELS,
        "QUOLL_TRACING must be true or false": (environ.get("QUOLL_TRACING") or "false").lower() in _BOOLEANS,
        f"QUOLL_METRICS must be one of {', '.join(METRICS)}": config.metrics in METRICS,
        f"QUOLL_GROUPING must be one of {', '.join(GROUPINGS)}": config.grouping in GROUPINGS,
        # An endpoint of one's own with real data behind it is a mistake more often than a plan.
        "AWS_ENDPOINT_URL may not be set on stage prod": not (config.stage == "prod" and config.endpoint_url),
    }
    broken = [complaint for complaint, holds in complaints.items() if not holds]
    if broken:
        raise ConfigError("; ".join(broken))
