"""``import-pocketbase``: bring a data directory of the real PocketBase over."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from chalicelib import clock
from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.config import find_value
from chalicelib.pocketbase.data_folder import DataUnreadable, open_data
from chalicelib.pocketbase.import_data import AGAIN, Import, ImportRefused, import_data
from chalicelib.storage.failures import Conflict
from chalicelib.storage.secrets import SecretMissing

BUSY = "Another import is going on. If it was stopped, start this one again."
REPORT = "pocketbase-import-report.txt"
INSIDE = "The report {} would be within the directory that is read: name another place with --report."
NOT_WRITTEN = "The report cannot be written to {} ({}): here it is whole."
LOST = "Whole collections are not carried, and their records with them: {}. The rest is in use."


def _run(wanted: Namespace) -> str:
    begun, folder, report = clock.stopwatch(), Path(wanted.folder), Path(wanted.report)
    if folder.resolve() in report.resolve().parents:
        raise CommandFailed(INSIDE.format(report))
    try:
        with open_data(folder, find_value(wanted.encryption_env)) as data:
            run = Import(data, wanted.replace, say)
            remarks = import_data(run)
    except (DataUnreadable, ImportRefused, SecretMissing) as refused:
        raise CommandFailed(str(refused)) from refused
    except Conflict as conflict:
        raise CommandFailed(BUSY) from conflict
    if remarks[:1] == [AGAIN]:
        return "\n".join(remarks)
    seconds = (clock.stopwatch() - begun) / 1000
    told = [f"Imported in {seconds:.0f} s. Sign in as PocketBase's superusers."]
    told += _keep_report(report, run.report.lines, remarks)
    if run.report.lost:
        say("\n".join(told))
        raise CommandFailed(LOST.format(", ".join(run.report.lost)))
    return "\n".join(told)


def _keep_report(file: Path, lines: Sequence[str], shown: list[str]) -> list[str]:
    """Write all of it to a file; what is to be shown."""
    try:
        file.write_text("".join(f"{each}\n" for each in lines), encoding="utf-8", errors="replace")
    except OSError as error:
        return [NOT_WRITTEN.format(file, error), *lines]
    return [*shown, f"The whole report is in {file}."]


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="PB_DATA_DIR", help="PocketBase's pb_data, of 0.23 or later")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="remove what this stage has: collections, records, superusers, settings. Without it only a fresh"
        " stage is imported into, which may have one superuser; he is gone afterwards",
    )
    parser.add_argument(
        "--encryption-env", default="", metavar="NAME", help="the variable with the key of the settings"
    )
    parser.add_argument(
        "--report", default=REPORT, metavar="FILE", help=f"where all that is not carried is told: {REPORT}"
    )


COMMAND = Command("import-pocketbase", "bring a data directory of PocketBase over", _add, _run)
