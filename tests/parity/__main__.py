"""Plays case files on both servers: ``python -m tests.parity [--itself] [--show] [file ...]``.

``--itself`` compares the real server with another copy of it, which must give no difference at all.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.parity.cases import FOLDER
from tests.parity.known import read_known
from tests.parity.run import Outcome, play_file, report, summarize
from tests.servers import pocketbase, quoll


def main() -> int:
    options = _read_options()
    paths = [FOLDER / f"{name}.txt" for name in options.files] or sorted(FOLDER.glob("*.txt"))
    known = [] if options.itself else read_known()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        other = pocketbase if options.itself else quoll
        servers = (
            stack.enter_context(pocketbase(Path(folder, "real"))),
            stack.enter_context(other(Path(folder, "other"))),
        )
        for path in paths:
            played = play_file(path, servers, known)
            outcomes += played
            print(f"{path.stem}: {summarize(played)}", flush=True)
            if options.show:
                print("\n".join(f"    {outcome.status} {outcome.case}" for outcome in played))
    print(report(outcomes, len(outcomes)))
    print(summarize(outcomes))
    return int(any(outcome.fault for outcome in outcomes))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--itself", action="store_true", help="the real server against itself")
    parser.add_argument("--show", action="store_true", help="each case with the real server's status")
    parser.add_argument("files", nargs="*", help="names of case files, all by default")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
