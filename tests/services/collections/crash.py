"""Processes that die at a call to DynamoDB."""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.collections import load
from chalicelib.config import get_config


class Crash(BaseException):
    """The end of a process: nothing catches it."""


def crashing_at(call, send, *, done):
    """A DynamoDB whose caller dies at one call, before it is made or after."""
    calls = iter(range(1000))

    def crash(operation, arguments):
        if next(calls) != call:
            return send(operation, arguments)
        if done:
            send(operation, arguments)
        raise Crash

    return crash


def survives(engine, work, call, *, done):
    """Do work that may die at a call; whether it did not."""
    forget_stream()
    send = engine.send
    engine.send = crashing_at(call, send, done=done)
    try:
        work()
    except Crash:
        return False
    finally:
        engine.send = send
        load.forget()
    return True


def forget_stream():
    """What the table's stream has told so far, which each transaction of moto's copies."""
    _table().stream_shard.items.clear()


def unique_items():
    """The claims that the table holds, by their partitions, with their values by attribute."""
    for item in items():
        if item["sk"] == "U":
            yield item["pk"], item


def items():
    """All items of the table."""
    for sorts in _table().items.values():
        for item in sorts.values():
            yield {name: attribute.value for name, attribute in item.attrs.items()}


def _table():
    config = get_config()
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][config.region].tables[config.table]
