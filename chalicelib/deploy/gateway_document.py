"""The gateway's swagger document, as Chalice writes it, made ours.

Each method calls its own function. What the gateway answers by itself is PocketBase's: a preflight on any
path, a read of an unknown one (the gateway prefers whatever path and method fit better than `/{proxy+}`),
and what no method answers.
"""

from collections.abc import Callable, MutableMapping
from typing import Any, TypeAlias

from chalice.app import Chalice, RouteEntry

from chalicelib.deploy.functions import API_HANDLER, views_of
from chalicelib.deploy.gateway_answers import GATEWAY_ANSWERS, HEADERS, PREFLIGHT, NoFile, body_of
from chalicelib.errors import ApiError

Document: TypeAlias = MutableMapping[str, Any]
# How a function's address is written: each kind of deployment has its own way.
AddressOf: TypeAlias = Callable[[str], Any]

INTEGRATION = "x-amazon-apigateway-integration"
RESPONSES = "x-amazon-apigateway-gateway-responses"
ANY_PATH = "/{proxy+}"
UNKNOWN = ("/", ANY_PATH)
# A request of another type would be its own template, without a status: a 500. So it gets the answer to
# UNSUPPORTED_MEDIA_TYPE, which only these methods can get: those with a function read every type.
NO_OTHER = "never"


def point_at_functions(
    document: Document, app: Chalice, function_of: Callable[[RouteEntry], str], address_of: AddressOf
) -> None:
    """Let each method call the function of its view."""
    for view in views_of(app):
        name = function_of(view)
        if name != API_HANDLER:
            method = document["paths"][view.uri_pattern][view.method.lower()]
            method[INTEGRATION]["uri"] = address_of(name)


def answer_as_pocketbase(document: Document) -> None:
    """Say what the gateway answers where no function is asked."""
    document[RESPONSES] = {reason: _response(error) for reason, error in GATEWAY_ANSWERS.items()}


def answer_preflights(document: Document) -> None:
    """Allow a browser what it asks before a request from another origin, as PocketBase does."""
    for path in document["paths"].values():
        if "options" in path:
            _answer_preflight(path["options"])


def answer_unknown_paths(document: Document) -> None:
    """Let every path that no route has be read, in vain, and asked for from another origin."""
    preflight = next(path["options"] for path in document["paths"].values() if "options" in path)
    methods = {"get": _refusal(), "head": _refusal(), "options": preflight}
    for path in UNKNOWN:
        parameters = _variables(path)
        document["paths"][path] = {name: {**method, **parameters} for name, method in methods.items()}


def _refusal() -> dict[str, Any]:
    """A method that answers by itself."""
    status = str(NoFile.status)
    headers = {f"method.response.header.{name}": f"'{value}'" for name, value in HEADERS.items()}
    answer = {
        "statusCode": status,
        "responseParameters": headers,
        "responseTemplates": {"application/json": body_of(NoFile)},
    }
    return {
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "responses": {
            status: {"description": NoFile.message, "headers": {name: {"type": "string"} for name in HEADERS}}
        },
        INTEGRATION: {
            "type": "mock",
            "requestTemplates": {"application/json": f'{{"statusCode": {status}}}'},
            "passthroughBehavior": NO_OTHER,
            "contentHandling": "CONVERT_TO_TEXT",
            "responses": {"default": answer},
        },
    }


def _response(error: type[ApiError]) -> dict[str, Any]:
    headers = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in HEADERS.items()}
    return {
        "statusCode": str(error.status),
        "responseParameters": headers,
        "responseTemplates": {"application/json": body_of(error)},
    }


def _answer_preflight(options: Document) -> None:
    """A 204 for Chalice's 200, and all methods for the path's own: a wrong one is a 404 that can be read."""
    (response,) = options["responses"].values()
    response["description"] = "204 response"
    response["headers"] |= {name: {"type": "string"} for name in PREFLIGHT}
    options["responses"] = {"204": response}
    integration = options[INTEGRATION]
    integration["requestTemplates"] = {"application/json": '{"statusCode": 204}'}
    integration["passthroughBehavior"] = NO_OTHER
    answer = integration["responses"]["default"]
    answer["statusCode"] = "204"
    answer["responseParameters"] |= {
        f"method.response.header.{name}": f"'{value}'" for name, value in PREFLIGHT.items()
    }


def _variables(path: str) -> dict[str, Any]:
    if path != ANY_PATH:
        return {}
    return {"parameters": [{"name": "proxy", "in": "path", "required": True, "type": "string"}]}
