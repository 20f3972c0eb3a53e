"""The Chalice CLI on the emulated AWS: ``python -m tests.deploy.chalice_cli deploy --stage dev``.

It is Chalice's own but for two things: the two calls of API Gateway that the emulator lacks are made one by
one (rest_api.py), and it looks ten times a second, not every five seconds, whether Lambda is done.
"""

import sys
from typing import Any

from chalice import cli
from chalice.awsclient import TypedAWSClient

from tests.deploy.rest_api import make_api, replace_api

OFTEN = {"Delay": 0.1, "MaxAttempts": 600}


class EmulatedAWSClient(TypedAWSClient):
    """What differs from Amazon's."""

    def import_rest_api(self, swagger_document: dict[str, Any], endpoint_type: str) -> str:
        """A new REST API."""
        return make_api(self._client("apigateway"), swagger_document, endpoint_type)

    def update_api_from_swagger(self, rest_api_id: str, swagger_document: dict[str, Any]) -> None:
        """A REST API made anew."""
        replace_api(self._client("apigateway"), rest_api_id, swagger_document)

    def _wait_for_active(self, function_name: str) -> None:
        self._wait("function_active", function_name)

    def _wait_for_function_update(self, function_name: str) -> None:
        self._wait("function_updated", function_name)

    def _wait(self, waiter: str, function: str) -> None:
        self._client("lambda").get_waiter(waiter).wait(FunctionName=function, WaiterConfig=OFTEN)


def main() -> int:
    """Run the command; the exit code."""
    for name, method in vars(EmulatedAWSClient).items():
        if callable(method):
            setattr(TypedAWSClient, name, method)
    return int(cli.main())


if __name__ == "__main__":
    sys.exit(main())
