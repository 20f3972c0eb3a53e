"""How far the table's changes have come: what the emulator has noted of its stream, batch by batch."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.jobs.functions import TICK
from tests.deploy.emulator import Emulator
from tests.deploy.routes import PREFIX

FOLLOWER = f"{PREFIX}-record_stream"
RULE = f"{PREFIX}-{TICK}-event"


@dataclass(frozen=True)
class Changes:
    """Partitions that have changed, in order: all of them, and by call those that the function was handed."""

    seen: list[str]
    calls: list[list[str]]

    @property
    def handed_over(self) -> list[str]:
        return [partition for call in self.calls for partition in call]

    def since(self, before: "Changes") -> "Changes":
        """Those that came later."""
        return Changes(self.seen[len(before.seen) :], self.calls[len(before.calls) :])


def read_changes(emulator: Emulator) -> Changes:
    """Those until now. What has been seen was handed over as well by now, or never will be."""
    batches = [json.loads(line) for line in emulator.changes.read_text().splitlines()]
    handed_over = [batch["handed over"] for batch in batches]
    return Changes(
        [each for batch in batches for each in batch["seen"]], [each for each in handed_over if each]
    )


@contextmanager
def nobody_at_work(aws: Callable[[str], Any]) -> Iterator[None]:
    """Neither the stream nor the minute calls a function within; what has changed meanwhile comes after."""
    functions, events = aws("lambda"), aws("events")
    (source,) = functions.list_event_source_mappings(FunctionName=FOLLOWER)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    events.disable_rule(Name=RULE)
    try:
        yield
    finally:
        events.enable_rule(Name=RULE)
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)
