"""``export-pocketbase``: write a data directory that the real PocketBase starts on."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.pocketbase.export_data import ExportRefused, export_data

DONE = "{} is complete. Start it with: pocketbase serve --dir {}"
WARNING = "It holds password hashes and the settings' secrets: keep it as you would keep those."


def _run(wanted: Namespace) -> str:
    try:
        remarks = export_data(Path(wanted.folder), say)
    except ExportRefused as refused:
        raise CommandFailed(str(refused)) from refused
    return "\n".join([*remarks, DONE.format(wanted.folder, wanted.folder), WARNING])


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a new or empty directory")


COMMAND = Command("export-pocketbase", "write a data directory that PocketBase starts on", _add, _run)
