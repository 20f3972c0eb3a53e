"""The one pynamodb connection, and what DynamoDB's errors mean."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, VerboseClientError

from chalicelib.config import Config
from chalicelib.storage.failures import (
    AlreadyThere,
    Busy,
    ConditionFailed,
    ItemTooLarge,
    NotThere,
    StorageFailure,
    TooManyItems,
    Unavailable,
)

# An operation's name and its arguments, answered with DynamoDB's answer or one of failures.py.
Send: TypeAlias = Callable[[str, dict[str, Any]], dict[str, Any]]

USER_AGENT = "quoll"
CONNECT_SECONDS = 2
READ_SECONDS = 10
POOL = 32
BAD_REQUEST = 400

# pynamodb asks every call for its capacity units but some that it knows to have none, and not these.
_WITHOUT_UNITS = {
    "CreateBackup",
    "DescribeBackup",
    "DescribeContinuousBackups",
    "DescribeTimeToLive",
    "UpdateContinuousBackups",
}
_BUSY = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ContinuousBackupsUnavailableException",
    "InternalServerError",
}
_CONDITION = {"ConditionalCheckFailed", "ConditionalCheckFailedException"}
_TOO_MUCH = "cannot include more than 4 MB"
_TOO_LARGE = ("Item size has exceeded", "Item size to update has exceeded")


_unrepeated: ContextVar[bool] = ContextVar("unrepeated", default=False)


@contextmanager
def unrepeated() -> Iterator[None]:
    """Writes made within fail at once: botocore would wait for seconds and try again."""
    token = _unrepeated.set(True)
    try:
        yield
    finally:
        _unrepeated.reset(token)


def _refuse_to_repeat(response: Any = None, caught_exception: Any = None, **_: Any) -> None:
    """botocore's event after each try. Raises Busy, which leaves its loop."""
    if _unrepeated.get() and (caught_exception is not None or response[0].status_code >= BAD_REQUEST):
        raise Busy("not tried again")


def open_connection(config: Config) -> Send:
    """DynamoDB itself, behind pynamodb."""
    connection = Connection(
        region=config.region,
        host=config.endpoint_url or None,
        connect_timeout_seconds=CONNECT_SECONDS,
        read_timeout_seconds=READ_SECONDS,
        max_pool_connections=POOL,
    )
    # A user agent that is given is not put together anew for every call, which takes a fifth of its time.
    connection.session.set_default_client_config(ClientConfig(user_agent=USER_AGENT))
    # The client is made now: making it is not safe in threads.
    connection.client.meta.events.register_first("needs-retry.dynamodb.PutItem", _refuse_to_repeat)

    def send(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            if operation in _WITHOUT_UNITS:
                return connection._make_api_call(operation, arguments)
            return connection.dispatch(operation, arguments)
        except VerboseClientError as error:
            raise failure_of(error.response["Error"], error.cancellation_reasons) from error
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"{operation}: {error}") from error

    return send


def failure_of(error: Any, reasons: Sequence[CancellationReason | None] = ()) -> StorageFailure:
    """What an error answer of DynamoDB means; `reasons` say why each write of a transaction was refused."""
    code, message = error.get("Code", ""), error.get("Message", "")
    failed = [at for at, reason in enumerate(reasons) if reason and reason.code in _CONDITION]
    if failed or code in _CONDITION:
        return ConditionFailed(failed or [0])
    codes = {code} | {reason.code for reason in reasons if reason}
    texts = [message, *(reason.message or "" for reason in reasons if reason)]
    if any(large in text for large in _TOO_LARGE for text in texts):
        return ItemTooLarge(message)
    if any(_TOO_MUCH in text for text in texts):
        return TooManyItems(message)
    if code == "ResourceInUseException" or "already enabled" in message:
        return AlreadyThere(message)
    if codes & _BUSY:
        return Busy(", ".join(sorted(codes)))
    if code == "ResourceNotFoundException":
        return NotThere(f"{code}: {message}")
    return Unavailable(f"{code}: {message}")
