"""How long deploying takes, by how routes are grouped: ``python -m bench.deployment [grouping ...]``.

Each grouping is deployed to an empty emulated AWS and deployed again after a change of the code. On AWS,
Chalice looks every five seconds whether Lambda is done with a function: it waits once for a new one and
twice for one that it updates. The last columns add that to what was measured: they are an estimate.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.deploy.emulator import running_emulator
from tests.deploy.project import STAGE, Project, copy_project
from tests.deploy.stack import make_package

GROUPINGS = ("route", "resource", "single")
CREATED, UPDATED = 5, 10
HEAD = "grouping    functions  package KB  layer MB   deploy s  again s   on AWS about: deploy s  again s"


def main() -> int:
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder, "built")
        built.mkdir()
        for grouping in sys.argv[1:] or GROUPINGS:
            print(measure(grouping, Path(folder, grouping), built), flush=True)
    return 0


def measure(grouping: str, folder: Path, built: Path) -> str:
    """A line of the table."""
    with running_emulator(folder / "aws") as emulator:
        project = copy_project(folder / "quoll", emulator, built)
        group(project, grouping)
        project.quoll("provision", "--stage", STAGE)
        make_package(project, folder / "package")  # the layer is built once for all
        first = seconds(lambda: project.chalice("deploy", "--stage", STAGE))
        with (project.folder / "chalicelib/clock.py").open("a") as file:
            file.write("\n# changed\n")
        second = seconds(lambda: project.chalice("deploy", "--stage", STAGE))
        count = sum(each["resource_type"] == "lambda_function" for each in project.deployed().values())
    sizes = [
        (folder / "package" / name).stat().st_size for name in ("deployment.zip", "layer-deployment.zip")
    ]
    on_aws = first + CREATED * count, second + UPDATED * count
    return (
        f"{grouping:<10} {count:>10} {sizes[0] / 1e3:>11.0f} {sizes[1] / 1e6:>9.1f}"
        f" {first:>10.1f} {second:>8.1f} {on_aws[0]:>25.0f} {on_aws[1]:>8.0f}"
    )


def group(project: Project, grouping: str) -> None:
    """Set the stage's grouping, and the roles that go with it."""
    file = project.folder / ".chalice/config.json"
    settings = json.loads(file.read_text())
    settings["stages"][STAGE]["environment_variables"]["QUOLL_GROUPING"] = grouping
    file.write_text(json.dumps(settings))
    project.quoll("policies")


def seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
