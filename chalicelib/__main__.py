"""The command line: ``python -m chalicelib``. Which stage it works on, ``--stage`` or the environment says.

A command is a row of COMMANDS; what it takes and does is in its file under commands/.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from chalicelib.commands import (
    collections,
    export_pocketbase,
    import_pocketbase,
    migrate,
    policies,
    provision,
    records,
    smoke,
    superuser,
    template,
)
from chalicelib.commands.command import Command, CommandFailed
from chalicelib.commands.tasks import run_tasks, show_tasks
from chalicelib.config import ConfigError, NotRunning, get_config, join_local_aws
from chalicelib.deploy.stages import need_region, use_stage
from chalicelib.errors import Overloaded
from chalicelib.storage.failures import StorageFailure


def _add_tasks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("show", "run"), default="show")


def _tasks(wanted: argparse.Namespace) -> str:
    return run_tasks() if wanted.action == "run" else show_tasks()


COMMANDS: tuple[Command, ...] = (
    superuser.COMMAND,
    collections.COMMAND,
    export_pocketbase.COMMAND,
    records.EXPORT,
    import_pocketbase.COMMAND,
    records.IMPORT,
    migrate.COMMAND,
    policies.COMMAND,
    provision.COMMAND,
    smoke.COMMAND,
    template.COMMAND,
    Command("tasks", "show unfinished work, such as an index being built, or do it", _add_tasks, _tasks),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    wanted = read_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        _find_stage(wanted)
        told = wanted.command.run(wanted)
    except ConfigError as failed:
        return _fail(failed, 2)
    except (CommandFailed, NotRunning) as failed:
        return _fail(failed, 1)
    except (StorageFailure, Overloaded) as failed:
        return _fail(f"The table {get_config().table} cannot be used: {failed}", 1)
    if told:
        print(told)
    return 0


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """What was typed, options anywhere behind the command's name. Exits when it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib", description="Quoll's commands.")
    commands = parser.add_subparsers(dest="name", required=True)
    parsers = {command.name: _add_command(commands, command) for command in COMMANDS}
    name, *others = arguments or ("",)
    if name in parsers:  # argparse itself takes no option between two arguments of which one may be left out
        return parsers[name].parse_intermixed_args(others)
    return parser.parse_args(arguments)


def _add_command(commands: Any, command: Command) -> argparse.ArgumentParser:
    typed: argparse.ArgumentParser = commands.add_parser(
        command.name, help=command.help, description=command.help
    )
    typed.add_argument("--stage", default="", help="a stage of .chalice/config.json; default QUOLL_STAGE")
    typed.set_defaults(command=command)
    command.add(typed)
    return typed


def _find_stage(wanted: argparse.Namespace) -> None:
    if wanted.stage:
        use_stage(wanted.stage)
    if wanted.command.on_stage:
        join_local_aws()
        need_region()
        get_config()


def _fail(reason: object, code: int) -> int:
    print(reason, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
