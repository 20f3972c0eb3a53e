"""ImportRestApi and PutRestApi, call by call, for an emulator that has neither.

`make_api` and `replace_api` carry out a swagger document as Chalice writes it: resources, methods,
integrations and gateway responses. What such a document may hold and these do not carry out is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

RESPONSES = "x-amazon-apigateway-gateway-responses"
BINARY = "x-amazon-apigateway-binary-media-types"
COMPRESSION = "x-amazon-apigateway-minimum-compression-size"
INTEGRATION = "x-amazon-apigateway-integration"
KNOWN = {"swagger", "info", "schemes", "paths", "definitions", RESPONSES, BINARY, COMPRESSION}
SENT = ("uri", "requestTemplates")
SHOUTED = ("type", "passthroughBehavior", "contentHandling")
RESPONSE_PARTS = ("statusCode", "responseParameters", "responseTemplates")


def make_api(client: Any, document: Document, endpoint_type: str) -> str:
    """A new API; its id."""
    wanted: dict[str, Any] = {"binaryMediaTypes": list(document.get(BINARY, ()))}
    if COMPRESSION in document:
        wanted["minimumCompressionSize"] = document[COMPRESSION]
    title, types = document["info"]["title"], {"types": [endpoint_type]}
    api = client.create_rest_api(name=title, endpointConfiguration=types, **wanted)
    _fill(client, api["id"], document)
    return str(api["id"])


def replace_api(client: Any, api: str, document: Document) -> None:
    """Make an API what the document says, and nothing else."""
    root = _root(client, api)
    for resource in _resources(client, api):
        if resource.get("parentId") == root:
            client.delete_resource(restApiId=api, resourceId=resource["id"])
    for response in client.get_gateway_responses(restApiId=api, limit=500)["items"]:
        if not response.get("defaultResponse"):
            client.delete_gateway_response(restApiId=api, responseType=response["responseType"])
    _fill(client, api, document)


def _fill(client: Any, api: str, document: Document) -> None:
    if unknown := set(document) - KNOWN:
        raise NotImplementedError(f"the replay of swagger documents does not know {sorted(unknown)}")
    for kind, response in document.get(RESPONSES, {}).items():
        parts = {name: response[name] for name in RESPONSE_PARTS if name in response}
        client.put_gateway_response(restApiId=api, responseType=kind, **_as_text(parts))
    resources = {"/": _root(client, api)}
    for path, methods in document["paths"].items():
        resource = _grow(client, api, resources, path)
        for method, operation in methods.items():
            target = {"restApiId": api, "resourceId": resource, "httpMethod": method.upper()}
            _put_method(client, target, operation)


def _as_text(parts: dict[str, Any]) -> dict[str, Any]:
    """Documents hold a status as a number or as text; the call wants text."""
    return {**parts, "statusCode": str(parts["statusCode"])} if "statusCode" in parts else parts


def _resources(client: Any, api: str) -> Iterator[dict[str, Any]]:
    yield from client.get_resources(restApiId=api, limit=500)["items"]


def _root(client: Any, api: str) -> str:
    return next(str(each["id"]) for each in _resources(client, api) if each["path"] == "/")


def _grow(client: Any, api: str, resources: dict[str, str], path: str) -> str:
    """The id of a path's resource, made with those above it where they are missing."""
    if path not in resources:
        above, _, part = path.rpartition("/")
        parent = _grow(client, api, resources, above or "/")
        resources[path] = client.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
    return resources[path]


def _put_method(client: Any, target: dict[str, str], operation: Document) -> None:
    client.put_method(**target, authorizationType="NONE")
    for status, response in operation["responses"].items():
        headers = {f"method.response.header.{name}": True for name in response.get("headers", {})}
        client.put_method_response(**target, statusCode=status, responseParameters=headers)
    integration = operation[INTEGRATION]
    sent = {name: integration[name] for name in SENT if name in integration}
    shouted = {name: integration[name].upper() for name in SHOUTED if name in integration}
    if "httpMethod" in integration:
        sent["integrationHttpMethod"] = integration["httpMethod"]
    client.put_integration(**target, **sent, **shouted)
    if integration["type"] == "mock":
        for response in integration["responses"].values():
            parts = {name: response[name] for name in RESPONSE_PARTS if name in response}
            client.put_integration_response(**target, **_as_text(parts))
