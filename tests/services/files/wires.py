"""Calls to DynamoDB and S3 that go wrong, one at a time; and records to try it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import ApiError, Overloaded
from chalicelib.files.store import Store
from chalicelib.records.create import create_record
from chalicelib.records.update import update_record
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Unavailable
from tests.services.files.world import (
    A,
    B,
    png,
    upload,
)
from tests.services.records.world import ask

Action = Callable[[], Any]


class Cut(Exception):
    """The function was stopped."""


@dataclass
class Wires:
    """Counts all calls to DynamoDB and S3; one of them goes wrong, or something comes before it."""

    at: int = 0
    happens: bool = False  # what goes wrong is done all the same, and only the answer is lost
    is_end: bool = False  # nothing works afterwards
    is_late: bool = False  # it is done when nobody waits for it any more
    before: Action | None = None
    late: Action = field(default_factory=lambda: lambda: None, init=False)
    count: int = field(default=0, init=False)

    @contextmanager
    def around(self, bucket: Store) -> Iterator[None]:
        engine = get_engine()
        sends = engine.send, bucket.send
        engine.send = self._wire(engine.send, Unavailable("gone"))
        bucket.send = self._wire(bucket.send, Overloaded())
        try:
            yield
        finally:
            engine.send, bucket.send = sends

    def _wire(self, send: Callable[..., Any], failure: Exception) -> Callable[..., Any]:
        def call(operation: str, arguments: Any) -> Any:
            self.count += 1
            if self.is_end and self.count > self.at:
                raise Cut
            if self.count != self.at:
                return send(operation, arguments)
            if self.before:
                with suppress(ApiError):
                    self.before()
                return send(operation, arguments)
            if self.is_late:
                self.late = lambda: send(operation, arguments)
            elif self.happens:
                send(operation, arguments)
            raise Cut if self.is_end else failure

        return call


def create(where: str, **values: Any) -> Any:
    return create_record(where, ask(body=values))


def update(**values: Any) -> Any:
    return update_record("papers", A, ask(body=values))


def fill() -> None:
    create("papers", id=A, title="first", one=upload("a.txt"), many=[upload("b.png", png()), upload("c.txt")])
    create("papers", id=B, title="second", one=upload("d.txt"))
    create("pages", id=A, paper=A, scan=upload("e.png", png()))
