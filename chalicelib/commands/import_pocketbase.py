"""``import-pocketbase``: bring a data directory of the real PocketBase over."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from chalicelib import clock
from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.config import find_value
from chalicelib.files.store import Missing
from chalicelib.pocketbase.data_folder import DataUnreadable, open_data
from chalicelib.pocketbase.import_data import AGAIN, Import, ImportRefused, import_data
from chalicelib.storage.failures import Conflict
from chalicelib.storage.secrets import SecretMissing

BUSY = "Another import is going on. If it was stopped, start this one again."
NO_BUCKET = "The bucket for files is not there: `python -m chalicelib provision` makes it."


def _run(wanted: Namespace) -> str:
    begun = clock.stopwatch()
    try:
        with open_data(Path(wanted.folder), find_value(wanted.encryption_env)) as data:
            remarks = import_data(Import(data, wanted.replace, say))
    except (DataUnreadable, ImportRefused, SecretMissing) as refused:
        raise CommandFailed(str(refused)) from refused
    except Conflict as conflict:
        raise CommandFailed(BUSY) from conflict
    except Missing as missing:
        raise CommandFailed(NO_BUCKET) from missing
    seconds = (clock.stopwatch() - begun) / 1000
    done = [] if remarks == [AGAIN] else [f"Imported in {seconds:.0f} s. Sign in as PocketBase's superusers."]
    return "\n".join([*done, *remarks])


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="PB_DATA_DIR", help="PocketBase's pb_data, of 0.23 or later")
    parser.add_argument(
        "--replace", action="store_true", help="remove what this stage has: collections, records, settings"
    )
    parser.add_argument(
        "--encryption-env", default="", metavar="NAME", help="the variable with the key of the settings"
    )


COMMAND = Command("import-pocketbase", "bring a data directory of PocketBase over", _add, _run)
