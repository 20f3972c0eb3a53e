"""The Chalice CLI without a network: ``python offline_chalice.py package --stage dev out``.

In place of what pip would download, the layer gets one small library, which shows what was asked for.
"""

import sys
from pathlib import Path

from chalice import cli
from chalice.deploy.packager import DependencyBuilder


def install_one_library(self: DependencyBuilder, abi: str, requirements: str, folder: str) -> None:
    """A module and a script, as wheels bring them."""
    asked = Path(requirements).read_text()
    Path(folder, "library.py").write_text(f"ASKED_FOR = {asked!r}\n")
    Path(folder, "bin").mkdir()
    Path(folder, "bin", "command").write_text("#!python\n")


if __name__ == "__main__":
    DependencyBuilder.build_site_packages = install_one_library
    sys.exit(cli.main())
