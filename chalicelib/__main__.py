"""The command line: ``python -m chalicelib``. Which stage it works on, the environment says (config.py)."""

import argparse
import sys
from collections.abc import Sequence

from chalicelib.commands.provision import provision
from chalicelib.commands.superuser import ACTIONS, CommandFailed, manage_superuser
from chalicelib.commands.tasks import run_tasks, show_tasks
from chalicelib.config import ConfigError, NotRunning, get_config, join_local_aws
from chalicelib.errors import Overloaded
from chalicelib.storage.failures import StorageFailure


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    wanted = make_parser().parse_args(arguments)
    try:
        join_local_aws()
        get_config()
        print(_run(wanted))
    except ConfigError as failed:
        print(failed, file=sys.stderr)
        return 2
    except (CommandFailed, NotRunning) as failed:
        print(failed, file=sys.stderr)
        return 1
    except (StorageFailure, Overloaded) as failed:
        print(f"The table {get_config().table} cannot be used: {failed}", file=sys.stderr)
        return 1
    return 0


def make_parser() -> argparse.ArgumentParser:
    """What can be typed."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib", description="Quoll's commands.")
    commands = parser.add_subparsers(dest="command", required=True)
    superuser = commands.add_parser("superuser", help="make, change and remove superusers")
    superuser.add_argument("action", choices=ACTIONS)
    superuser.add_argument("email")
    superuser.add_argument("password", nargs="?", default="", help="made up and printed when left out")
    commands.add_parser("provision", help="make the table, the bucket and the default collections")
    tasks = commands.add_parser("tasks", help="show unfinished work, such as an index being built, or do it")
    tasks.add_argument("action", nargs="?", choices=("show", "run"), default="show")
    return parser


def _run(wanted: argparse.Namespace) -> str:
    if wanted.command == "provision":
        made = provision()
        return f"Made: {', '.join(made)}." if made else "Everything is there already."
    if wanted.command == "tasks":
        return run_tasks() if wanted.action == "run" else show_tasks()
    return manage_superuser(wanted.action, wanted.email, wanted.password)


if __name__ == "__main__":
    sys.exit(main())
