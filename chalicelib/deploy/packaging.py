"""What is shipped: the application's code in each function, the libraries in one layer, both compiled.

Functions cannot write beside their code, so without .pyc files every cold start compiles every module. They
are made here, for the Python that runs this, which is the functions' too, and trusted unchecked: the times of
files do not survive the way. Left out is what no function uses: commands, deployment, Chalice's own CLI.
"""

import compileall
import hashlib
import py_compile
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.util import cache_from_source
from pathlib import Path, PurePosixPath
from shutil import rmtree

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
TASK = PurePosixPath("/var/task")
NOT_SHIPPED = (
    "chalicelib/__main__.py",
    "chalicelib/commands/",
    "chalicelib/deploy/",
    "chalicelib/migrations/",
)
# Chalice takes the one module of its own that functions need along with the application's code.
NOT_IN_LAYER = ("chalice",)
# The versions of what the libraries need themselves: those that the tests run with.
CONSTRAINTS = Path(__file__).parents[2] / "dev" / "constraints.txt"
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")

File = tuple[str, str]


def runtime_of_this_python() -> str:
    """Lambda's name for the Python that runs this."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def shipped_files(found: Iterable[File], folder: Path) -> Iterator[File]:
    """Of the files that Chalice found those that are shipped, with compiled ones, made in a folder.

    A file is the place where it is and the place in the package.
    """
    for path, name in found:
        if "__pycache__" in name or name.startswith(NOT_SHIPPED):
            continue
        yield path, name
        if name.endswith(".py"):
            yield _compile(path, name, folder), cache_from_source(name)


def needed_requirements(text: str, constraints: Path = CONSTRAINTS) -> str:
    """requirements.txt without what the layer need not have, in tested versions."""
    needed = [line for line in text.splitlines() if _name_in(line) not in NOT_IN_LAYER]
    if constraints.exists():
        needed.append(f"-c {constraints}")
    return "\n".join(needed) + "\n"


def finish_layer(site_packages: Path) -> None:
    """Compile what was installed; leave out the little that comes along and is never used."""
    for folder in ("bin", "scripts"):
        rmtree(site_packages / folder, ignore_errors=True)
    compileall.compile_dir(
        site_packages,
        quiet=2,
        maxlevels=50,
        stripdir=str(site_packages),
        prependdir=f"/opt/python/lib/{runtime_of_this_python()}/site-packages",
        invalidation_mode=UNCHECKED,
    )


def recipe(constraints: Path = CONSTRAINTS) -> str:
    """What a layer's name says about how it was made: another recipe is another layer."""
    versions = constraints.read_bytes() if constraints.exists() else b""
    return hashlib.sha256(Path(__file__).read_bytes() + versions).hexdigest()[:8]


def _compile(path: str, name: str, folder: Path) -> str:
    """The compiled file of a module; made once."""
    made = folder / f"{name}c"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        py_compile.compile(
            path, str(made), str(TASK / name), doraise=True, invalidation_mode=UNCHECKED, quiet=1
        )
    return str(made)


def _name_in(line: str) -> str:
    found = _REQUIREMENT.match(line)
    return found[0].lower() if found else ""
