"""What `chalice package` makes of the project, per grouping and format, without a network."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.commands.policies import write_policies

ROOT = Path(__file__).parents[3]
CHALICE = Path(__file__).with_name("offline_chalice.py")
KEPT = ("PATH", "HOME", "TMPDIR", "LANG")


@dataclass(frozen=True)
class Project:
    """A copy of the project that may be changed; code is linked, what is below .chalice is its own."""

    folder: Path

    def change(self, **settings: Any) -> None:
        """Change settings of stage dev."""
        file = self.folder / ".chalice" / "config.json"
        config = json.loads(file.read_text())
        stage = config["stages"]["dev"]
        stage["environment_variables"] |= settings
        file.write_text(json.dumps(config))

    def write_policies(self) -> str:
        """As `python -m chalicelib policies` does."""
        return write_policies(self.folder / ".chalice")

    def run(self, *arguments: str, **shell: str) -> subprocess.CompletedProcess[str]:
        """A command of the Chalice CLI, with what a shell says besides."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", **shell}
        command = (sys.executable, str(CHALICE), "--project-dir", str(self.folder), *arguments)
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=100
        )


@dataclass(frozen=True)
class Package:
    """What `chalice package` wrote."""

    folder: Path
    template: dict[str, Any]


STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/quoll-dev/stream/2026"
Packages = Callable[[str, str], Package]
FILES = {"cloudformation": "sam.json", "terraform": "chalice.tf.json"}


def copy_project(folder: Path) -> Project:
    """The project, in a folder."""
    for name in ("app.py", "chalicelib", "requirements.txt"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", folder / ".chalice")
    shutil.copytree(ROOT / ".chalice" / "policies", folder / ".chalice" / "policies")
    return Project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copy_project(tmp_path)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """The package of a grouping in a format; each is made once."""

    @cache
    def make(grouping: str, format: str) -> Package:
        folder = tmp_path_factory.mktemp(f"{grouping}-{format}")
        copy = copy_project(folder)
        copy.change(QUOLL_GROUPING=grouping, QUOLL_STREAM_ARN=STREAM)
        copy.write_policies()
        ran = copy.run("package", "--stage", "dev", "--pkg-format", format, "out")
        assert ran.returncode == 0, ran.stderr
        return Package(folder / "out", json.loads((folder / "out" / FILES[format]).read_text()))

    return make


VIEWS = {
    (view.uri_pattern, view.method): view for methods in app.routes.values() for view in methods.values()
}
