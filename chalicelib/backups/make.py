"""Making a backup: the zip of a data directory that PocketBase starts on, as of one moment.

Who is stopped leaves nothing behind that anybody sees: the zip is there when it is complete. Who goes on
begins anew, with another moment.
"""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from chalicelib import clock
from chalicelib.backups.database import (
    Readings,
    make_views,
    put_back_all,
    write_database,
    write_logs,
)
from chalicelib.backups.listing import ZIP
from chalicelib.backups.moment import begin_moment, wait_for_stream
from chalicelib.backups.names import key_of
from chalicelib.backups.parts import Sending
from chalicelib.backups.turn import Turn
from chalicelib.collections.load import get_newest
from chalicelib.files.store import Missing, get_store
from chalicelib.observability.logger import logger
from chalicelib.pocketbase.carry_settings import settings_to
from chalicelib.pocketbase.data_folder import BESIDE, DATABASE, LOGS, STORAGE
from chalicelib.pocketbase.export_files import describe_file
from chalicelib.pocketbase.new_database import new_database
from chalicelib.schema.collection import Collection
from chalicelib.schema.sqlite_values import write_json
from chalicelib.settings.load import settings_of

PIECE = 1024 * 1024


def run(turn: Turn) -> None:
    """Make the backup. Raises BackupFailed, OutOfTime, Conflict, Overloaded."""
    with TemporaryDirectory() as folder:
        collections = _write_data(Path(folder), turn)
        file = Sending(key_of(turn.key), ZIP)
        with zipfile.ZipFile(io.BufferedWriter(file, PIECE), "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (DATABASE, LOGS):
                _add(archive, Path(folder) / name, turn)
            _add_files(archive, collections, turn)
            buffered = archive.fp
        if buffered:
            buffered.flush()
        turn.keep()  # whoever has taken it over makes its own
        file.finish()


def _write_data(folder: Path, turn: Turn) -> Sequence[Collection]:
    """The databases as of one moment."""
    images = begin_moment(turn)
    snapshot = get_newest()
    views = [each for each in snapshot.catalog if each.type == "view"]
    collections = [each for each in snapshot.catalog if each.type != "view"]
    settings, told = settings_to(settings_of(snapshot))
    file = folder / "readings"
    with new_database(file) as database:
        readings = Readings(collections, file, database)
        readings.read_all(turn)
        if wait_for_stream(turn, images):
            put_back_all(readings, images, turn)
    with new_database(folder / DATABASE) as database:
        told += write_database(readings, database, settings)
        told += make_views(database, views)
    write_logs(folder / LOGS)
    file.unlink()
    for line in told:
        logger.warning("not in the backup", extra={"backup": turn.key, "reason": line})
    return collections


def _add(archive: zipfile.ZipFile, file: Path, turn: Turn) -> None:
    entry = _entry(file.name, zipfile.ZIP_DEFLATED)
    with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as into:
        while piece := source.read(PIECE):
            into.write(piece)
            turn.go_on()


def _add_files(archive: zipfile.ZipFile, collections: Sequence[Collection], turn: Turn) -> None:
    """The files, as they are in the bucket; one that is removed meanwhile is left out."""
    for collection in collections:
        for key in get_store().list_keys(f"{collection.id}/"):
            path = PurePosixPath(key)
            if len(path.parts) >= 3 and ".." not in path.parts and not key.endswith("/"):
                _add_file(archive, key, turn)


def _add_file(archive: zipfile.ZipFile, key: str, turn: Turn) -> None:
    try:
        answer = get_store().ask("GetObject", Key=key)
    except Missing:
        return
    digest = hashlib.md5(usedforsecurity=False)
    with archive.open(_entry(f"{STORAGE}/{key}", zipfile.ZIP_STORED), "w", force_zip64=True) as into:
        while piece := answer["Body"].read(PIECE):
            into.write(piece)
            digest.update(piece)
            turn.go_on()
    beside = write_json(describe_file(answer, digest.digest()))
    archive.writestr(_entry(f"{STORAGE}/{key}{BESIDE}", zipfile.ZIP_DEFLATED), beside)


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    moment = clock.now()
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return entry
