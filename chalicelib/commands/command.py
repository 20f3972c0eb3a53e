"""What a command of ``python -m chalicelib`` is: a row of the table in __main__.py."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from chalicelib.frozen import dataclass


class CommandFailed(Exception):
    """What to tell whoever typed the command."""


@dataclass(frozen=True)
class Command:
    """`add` declares what it takes, `run` does it and answers what to tell.

    `on_stage`: it works on a stage's table, so on the local stage `make run` has to be there.
    """

    name: str
    help: str
    add: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], str]
    on_stage: bool = True


def add_nothing(parser: ArgumentParser) -> None:
    """For commands that take nothing."""


def say(text: str) -> None:
    """Tell how far it is, at once."""
    print(text, flush=True)
