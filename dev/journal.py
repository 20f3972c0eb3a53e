"""A journal of writes: what the embedded AWS answered with success survives any end of its process.

ministack keeps its data in memory and saves it when it stops in order. Between two saves the journal holds
every write to DynamoDB that was answered; on starting it is carried out again on top of what was saved. A
write is in the journal before its answer is sent, and the operating system keeps what a killed process wrote.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One write: whose it was, which operation, and its arguments as they were sent."""

    account: str
    region: str
    operation: str
    arguments: bytes


class Journal:
    """A file with a line for each write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    def append(self, entry: Entry) -> None:
        """Keep one more write."""
        arguments = entry.arguments.replace(b"\n", b" ")
        head = f"{entry.account}\t{entry.region}\t{entry.operation}\t".encode()
        os.write(self._file, head + arguments + b"\n")

    def entries(self) -> Iterator[Entry]:
        """All of them, oldest first. A last line that was not written to its end was never answered."""
        with self._path.open("rb") as lines:
            for line in lines:
                parts = line.rstrip(b"\n").split(b"\t", 3)
                if line.endswith(b"\n") and len(parts) == 4:
                    account, region, operation = (part.decode() for part in parts[:3])
                    yield Entry(account, region, operation, parts[3])

    def forget(self) -> None:
        """Everything is saved elsewhere."""
        os.ftruncate(self._file, 0)
