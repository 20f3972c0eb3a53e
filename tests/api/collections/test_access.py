"""Every route about collections is for superusers alone."""

import pytest

from tests.scenario import Scenario, play

ROUTES = [
    ("GET", "/api/collections"),
    ("POST", "/api/collections"),
    ("GET", "/api/collections/users"),
    ("GET", "/api/collections/nope"),
    ("PATCH", "/api/collections/users"),
    ("PATCH", "/api/collections/nope"),
    ("DELETE", "/api/collections/users"),
    ("DELETE", "/api/collections/users/truncate"),
    ("GET", "/api/collections/users/explain"),
    ("GET", "/api/collections/nope/explain"),
    ("PUT", "/api/collections/import"),
    ("GET", "/api/collections/meta/scaffolds"),
]
GUEST = '{"data":{},"message":"The request requires valid record authorization token.","status":401}'
USER = '{"data":{},"message":"The authorized record is not allowed to perform this action.","status":403}'


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(("by", "status", "answer"), [("", 401, GUEST), ("ann", 403, USER)])
def test_refused(method, path, by, status, answer, gateway, tokens):
    body = None if method in ("GET", "DELETE") else "{not even JSON"
    asked = play(gateway, Scenario("", method, path, body, by=by, status=status), tokens)
    assert asked.text == answer
