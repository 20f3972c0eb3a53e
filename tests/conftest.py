"""What tests share: an environment without AWS, a fresh table, the application behind its gateway.

engine      an empty table; `engine.calls` counts, `engine.send` can be replaced by something that fails
defaults    the same, with PocketBase's default collections in it
bucket      an empty bucket; `bucket.send` can be replaced by something that fails
gateway     `dev.gateway.Gateway` around the application, on `defaults`
superuser   a superuser's record and token, on `defaults`
kept        requests are kept in the log that superusers read, each with a write; without it none is
"""

import copy
import math
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

# Before the application, which keeps cryptography from it: tests sign as providers do.
import jwt  # noqa: F401

# What the developer's shell says about AWS and Quoll is about something else.
for name in [name for name in os.environ if name.startswith(("AWS_", "QUOLL_"))]:
    del os.environ[name]
os.environ.update(
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    QUOLL_STAGE="test",
    QUOLL_TABLE="quoll-test",
    QUOLL_CONFIG_TTL="0",
    POWERTOOLS_TRACE_DISABLED="1",
)

import pytest
from botocore.session import get_session
from hypothesis import HealthCheck, settings
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends

import app as application
from chalicelib.auth.tokens import new_auth_token
from chalicelib.collections import load
from chalicelib.collections.create import ensure_defaults
from chalicelib.config import get_config
from chalicelib.files.store import Store, get_store
from chalicelib.logs.keep import keep_none_for
from chalicelib.mail import send
from chalicelib.schema.record import Record
from chalicelib.storage import rowids
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.secrets import secret_path
from chalicelib.storage.table import create_table
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway

# moto's items, by partition and sort key.
Items = dict[str, dict[str, Any]]

# CI tries the same examples each time: what is found by chance is found where somebody can look into it.
settings.register_profile(
    "quoll",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("quoll")


def _copied_table(table: Table, memo: dict[int, Any]) -> Table:
    """What moto puts back if a transaction fails. It copies the table once per write; ours replace items."""
    made = copy.copy(table)
    made.items = copy.copy(table.items)
    made.items.update({partition: dict(sorts) for partition, sorts in table.items.items()})
    if table.stream_shard:
        made.stream_shard = copy.copy(table.stream_shard)
        made.stream_shard.table, made.stream_shard.items = made, list(table.stream_shard.items)
    return made


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """An AWS in process, with an empty table; one for all tests of the process."""
    Table.__deepcopy__ = _copied_table
    with mock_aws():
        create_table(get_engine())
        key = secret_path(get_config(), "settings-key")
        get_session().create_client("ssm", region_name="us-east-1").put_parameter(
            Name=key, Value="k" * 50, Type="SecureString"
        )
        yield


@pytest.fixture
def engine(aws: None) -> Iterator[Engine]:
    """An empty table."""
    yield from _on_table({})


@pytest.fixture(scope="session")
def default_items(aws: None) -> Items:
    """The items of the default collections. Writes replace items, so the dicts are all there is to copy."""
    _put_back({})
    ensure_defaults()
    return _copied(_table().items)


@pytest.fixture
def defaults(default_items: Items) -> Iterator[Engine]:
    """A table with PocketBase's default collections."""
    yield from _on_table(default_items)


@pytest.fixture
def bucket(aws: None) -> Iterator[Store]:
    """An empty bucket."""
    store, config = get_store(), get_config()
    _remove_bucket(config.bucket)
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(config.bucket, config.region)
    send = store.send
    yield store
    store.send = send
    _remove_bucket(config.bucket)


@pytest.fixture
def start_anew(defaults: Engine, default_items: Items) -> Callable[[], None]:
    """For tests that try many worlds: the default collections and nothing else, again."""
    return lambda: _put_back(default_items)


@pytest.fixture(scope="session")
def the_gateway() -> Gateway:
    """One for all tests: it keeps nothing."""
    return Gateway(application.app)


@pytest.fixture(scope="session", autouse=True)
def _none_kept() -> None:
    """What a request writes is what it is about, unless a test says otherwise."""
    keep_none_for(math.inf)


@pytest.fixture(scope="session", autouse=True)
def _kept_mails() -> None:
    """What would be sent is in the mailbox, as on the local stage."""
    send.WITH_MAILBOX = ("local", get_config().stage)


@pytest.fixture
def kept() -> Iterator[None]:
    """Requests are kept in the log."""
    keep_none_for(0)
    yield
    keep_none_for(math.inf)


@pytest.fixture
def gateway(the_gateway: Gateway, defaults: Engine) -> Gateway:
    """The application, with the default collections and nothing else."""
    return the_gateway


class Superuser(NamedTuple):
    """Somebody for whom no rule counts."""

    record: Record
    token: str


@pytest.fixture
def superuser(defaults: Engine) -> Superuser:
    """A superuser and a token to act as one. Has no password: sign-in is another test's business."""
    collection = load.get_collection("_superusers")
    empty = {field.name: field.empty for field in collection.fields}
    given = {"id": "testsuperuser01", "email": "root@example.com", "verified": True, "tokenKey": "k" * 50}
    (record,) = write_together([Create(Record(collection, {**empty, **given}))])
    defaults.calls.reset()
    return Superuser(record, new_auth_token(record))


def _remove_bucket(name: str) -> None:
    s3 = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    if name in s3.buckets:
        s3.buckets[name].keys.clear()
        s3.delete_bucket(name)


def _on_table(items: Items) -> Iterator[Engine]:
    engine = get_engine()
    send, pause = engine.send, engine.pause
    _put_back(items)
    yield engine
    engine.send, engine.pause = send, pause


def _put_back(items: Items) -> None:
    table = _table()
    table.items.clear()
    table.items.update(_copied(items))
    # A transaction copies the table, stream records of earlier tests included.
    if table.stream_shard:
        table.stream_shard.items.clear()
    # Row ids never go back: a test whose clock was ahead would leave them ahead for all that follow.
    rowids._rowids = rowids.RowIds()
    load.forget()
    get_engine().calls.reset()


def _copied(items: Items) -> Items:
    return {partition: dict(sorts) for partition, sorts in items.items()}


def _table() -> Any:
    config = get_config()
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][config.region].tables[config.table]
