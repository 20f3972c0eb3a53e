"""How the AWS to deploy to runs functions: as Lambda does, where the emulator by itself does not.

Functions run in processes of this Python. Here they are started without its installed packages, so that what
is missing in the package or the layer is missed. What was deployed is unpacked once, not for each of them; a
function's log is whole when its answer goes out; and what event sources hand over is noted.
"""

import io
import json
import os
import queue
import shlex
import sys
import threading
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

END_OF_LOG = "this is all that the function has to say"
NEXT_LINE_SECONDS = 0.5
# An archive ends with the list of what is in it, and its checksums: two that end alike are the same.
DIRECTORY_BYTES = 500_000
LAYERS = "_LAMBDA_LAYERS_DIRS"  # where the emulator's functions look for them


def hide_installed_packages(folder: Path) -> None:
    """Start functions with `python -S`: the standard library and what they bring."""
    command = folder / "python"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S "$@"\n')
    command.chmod(0o755)
    detect = lambda_runtime._detect_runtime_binary

    def detect_without_packages(runtime: str) -> tuple[str, str]:
        _, script = detect(runtime)
        return str(command), script

    lambda_runtime._detect_runtime_binary = detect_without_packages


def unpack_once(folder: Path) -> None:
    """Give each copy of a function the one place where its code is unpacked, and the one of its layer."""
    lock = threading.Lock()

    def unpack(archive: bytes) -> Path:
        place = folder / sha256(archive[-DIRECTORY_BYTES:]).hexdigest()
        with lock:
            if not place.exists():
                with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                    opened.extractall(place)
        return place

    class LinkedArchive(zipfile.ZipFile):
        """An archive of code, linked to where it is unpacked."""

        def extractall(self, path: Any = None, *others: Any) -> None:
            place = unpack(Path(str(self.filename)).read_bytes())
            os.rmdir(path)
            os.symlink(place, path)

    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": LinkedArchive})
    _find_layers(lambda layer: unpack(lambda_svc._resolve_layer_zip(layer)))


def _find_layers(find: Callable[[Any], Path]) -> None:
    """Start functions with these folders as their layers, where the emulator would unpack them once more."""
    spawn = lambda_runtime.Worker._spawn

    def spawn_with_layers(worker: Any) -> None:
        config = worker.config
        folders = os.pathsep.join(str(find(layer)) for layer in config.get("Layers", ()))
        variables = {**config.get("Environment", {}).get("Variables", {}), LAYERS: folders}
        worker.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
        try:
            spawn(worker)
        finally:
            worker.config = config

    lambda_runtime.Worker._spawn = spawn_with_layers


def wait_for_logs() -> None:
    """The emulator takes what is there after 5 ms of silence; here a function says that it has said all."""
    answered = "        _real_stdout.flush()\n\nrun()\n"
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(answered) != 1:
        raise NotImplementedError("this emulator runs functions otherwise")
    told = f"        print({END_OF_LOG!r}, file=sys.stderr, flush=True)\n"
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(answered, told + answered)
    lambda_runtime.Worker._drain_stderr_bounded = read_log


def read_log(worker: Any) -> str:
    """What a function has said, up to its end; or all, when it ended without saying so."""
    lines: list[str] = []
    while worker._stderr_thread.is_alive() or not worker._stderr_queue.empty():
        try:
            line = worker._stderr_queue.get(timeout=NEXT_LINE_SECONDS)
        except queue.Empty:
            continue
        if line == END_OF_LOG:
            break
        lines.append(line)
    return "\n".join(lines)


def note_changes(file: Path) -> None:
    """Note each batch of a table's changes: the partitions that were looked at, and those handed over."""
    select = lambda_svc._apply_filter_criteria

    def select_and_note(records: list[Any], source: Any) -> list[Any]:
        selected = select(records, source)
        noted = {"seen": _partitions(records), "handed over": _partitions(selected)}
        with file.open("a") as notes:
            notes.write(json.dumps(noted) + "\n")
        return selected

    lambda_svc._apply_filter_criteria = select_and_note


def _partitions(records: list[Any]) -> list[str]:
    return [each["dynamodb"]["Keys"]["pk"]["S"] for each in records if "dynamodb" in each]
