"""``python -m dev.command superuser ...``: a command on the data of `make run`, whether that runs or not."""

import contextlib
import sys

from chalicelib.__main__ import main as run_command
from chalicelib.__main__ import read_arguments
from chalicelib.config import ConfigError, find_state, use_local_aws
from chalicelib.storage.failures import StorageFailure
from dev.aws import AwsFailed
from dev.run import Owned, owned, provisioned


def main() -> int:
    """Run one command; the exit code."""
    read_arguments(sys.argv[1:])
    use_local_aws("")
    state = find_state()
    with contextlib.ExitStack() as stack:
        try:
            with contextlib.suppress(Owned):  # it runs: the command finds its AWS
                stack.enter_context(owned(state))
                stack.enter_context(provisioned(state))
        except ConfigError as failed:
            print(failed, file=sys.stderr)
            return 2
        except (AwsFailed, StorageFailure) as failed:
            print(failed, file=sys.stderr)
            return 1
        return run_command()


if __name__ == "__main__":
    sys.exit(main())
