"""A copy of the project, as a team has cloned it, and the commands that are typed in it."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.emulator import Emulator
from tests.servers import ROOT

STAGE = "dev"
SHIPPED = ("app.py", "chalicelib", ".chalice", "requirements.txt", "dev/constraints.txt")
# The Chalice CLI of chalice_cli.py runs in the copy, where nothing but the copy can be imported.
TOOLS = ("tests/deploy/chalice_cli.py", "tests/deploy/rest_api.py")
LEFT = shutil.ignore_patterns("__pycache__", "deployed", "deployments")
COMMAND_SECONDS = 280


@dataclass(frozen=True)
class Project:
    """The copy, and the AWS that its commands talk to."""

    folder: Path
    emulator: Emulator

    def chalice(self, *arguments: str) -> str:
        """``chalice ...``; what it says."""
        return self._run("tests.deploy.chalice_cli", *arguments)

    def quoll(self, *arguments: str) -> str:
        """``python -m chalicelib ...``; what it says."""
        return self._run("chalicelib", *arguments)

    def deployed(self) -> dict[str, dict[str, Any]]:
        """What Chalice has written down about the deployment, by the resources' names."""
        recorded = json.loads((self.folder / f".chalice/deployed/{STAGE}.json").read_text())
        return {each["name"]: each for each in recorded["resources"]}

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            (sys.executable, "-m", *command),
            cwd=self.folder,
            env=self.emulator.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


def copy_project(folder: Path, emulator: Emulator, built: Path) -> Project:
    """A new copy of what is in the repository now. The layers that copies build are shared, in a folder."""
    for name in (*SHIPPED, *TOOLS):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT)
        else:
            shutil.copy(source, target)
    (folder / ".chalice/deployments").symlink_to(built)
    return Project(folder, emulator)
