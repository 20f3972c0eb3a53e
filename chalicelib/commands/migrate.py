"""``migrate``: apply the migrations that a stage lacks, take them back, or show how far it is."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence

from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.config import get_config
from chalicelib.migrations.choose import choose_down, choose_up, describe
from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.run import Run, run_migration
from chalicelib.migrations.written import Migration, find_migrations
from chalicelib.storage.backups import create_backup
from chalicelib.storage.migrations import DOWN, UP, Progress, find_progress

Choose = Callable[[Sequence[Migration], Mapping[str, Progress], int | None], list[Migration]]
CHOICES: Mapping[str, Choose] = {UP: choose_up, DOWN: choose_down}
TOLD = {UP: "applied", DOWN: "taken back"}
NO_LOCAL_BACKUP = "No backup: the embedded AWS keeps none. Stop `make run` and copy its folder for one."


def migrate(wanted: Namespace) -> str:
    """Do what was typed; what to tell."""
    try:
        written, begun = find_migrations(), find_progress()
        if wanted.action == "status":
            return "\n".join(describe(written, begun)) or "There are no migrations."
        chosen = CHOICES[wanted.action](written, begun, wanted.to)
        if wanted.dry_run:
            return "\n".join(_plan(chosen, wanted.action)) or "There is nothing to do."
        return _run(chosen, wanted) if chosen else "There is nothing to do."
    except MigrationFailed as failed:
        raise CommandFailed(str(failed)) from failed


def _plan(chosen: Sequence[Migration], direction: str) -> list[str]:
    lines = []
    for each in chosen:
        lines.append(f"{each.name} would be {TOLD[direction]}:")
        lines += [f"  {step.words}" for step in each.steps(direction)]
    return lines


def _run(chosen: Sequence[Migration], wanted: Namespace) -> str:
    for each in chosen:
        each.steps(wanted.action)  # what makes no sense is refused before anything is done
    backup = "" if wanted.no_backup else _make_backup(chosen[0].name)
    for each in chosen:
        say(each.name)
        run_migration(Run(each, wanted.action, backup, say))
    return f"{', '.join(each.name for each in chosen)}: {TOLD[wanted.action]}."


def _make_backup(name: str) -> str:
    if get_config().stage == "local":
        say(NO_LOCAL_BACKUP)
        return ""
    say("Making a backup of the table ...")
    made = create_backup(f"before-{name}")
    say(f"Backup: {made}")
    return made


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=(UP, DOWN, "status"), nargs="?", default="status")
    parser.add_argument(
        "--to", type=int, metavar="N", help="up to this one; down: this one is the last to stay"
    )
    parser.add_argument("--dry-run", action="store_true", help="show the steps, take none")
    parser.add_argument("--no-backup", action="store_true", help="make no backup of the table before")


COMMAND = Command(
    "migrate", "apply numbered changes to collections and records, or take them back", _add, migrate
)
