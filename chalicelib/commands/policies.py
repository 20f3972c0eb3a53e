"""``policies``: write what .chalice says about functions from the table of permissions."""

from argparse import Namespace
from pathlib import Path

from app import app
from chalicelib.commands.command import Command, CommandFailed, add_nothing
from chalicelib.config import STAGES_FILE
from chalicelib.deploy.chalice_files import wanted_files, write_files
from chalicelib.deploy.permissions import NO_ROW

FOLDER = STAGES_FILE.parent


def write_policies(folder: Path = FOLDER) -> str:
    """Write the files; what to tell."""
    try:
        changed = write_files(wanted_files(app, folder))
    except KeyError as missing:
        raise CommandFailed(NO_ROW.format(name=missing.args[0])) from missing
    if not changed:
        return "Everything under .chalice is up to date."
    return "\n".join(["Written:", *(f"  {each.relative_to(folder.parent)}" for each in changed)])


def _run(wanted: Namespace) -> str:
    return write_policies()


COMMAND = Command(
    "policies",
    "write the functions' roles and settings under .chalice, for all stages",
    add_nothing,
    _run,
    on_stage=False,
)
