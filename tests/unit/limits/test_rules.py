"""Which rule limits a request: what PocketBase answered to the same rules."""

import pytest

from chalicelib.limits.rules import Asked, find_rule
from chalicelib.settings.model import RateLimitRule

LIST = Asked("GET", "/api/collections/posts/records", "@guest", "posts", ("list",))
LIST_SIGNED_IN = Asked("GET", "/api/collections/posts/records", "@auth", "posts", ("list",))
HEALTH = Asked("GET", "/api/health")
HEAD = Asked("HEAD", "/api/health")
SIGN_IN = Asked(
    "POST", "/api/collections/users/auth-with-password", "@guest", "users", ("authWithPassword", "auth")
)


def rules(*labels: str) -> list[RateLimitRule]:
    """A rule for each label; an audience after a space that begins with @."""
    named = [label.partition(" @") for label in labels]
    return [
        RateLimitRule(label=label, audience=f"@{audience}" if audience else "")
        for label, _, audience in named
    ]


@pytest.mark.parametrize(
    ("asked", "labels", "found"),
    [
        (LIST, ("*:list", "posts:list"), 1),
        (LIST, ("/api/", "GET /api/collections/posts/records", "*:list"), 2),
        (LIST, ("users:list", "*:view", "list"), None),
        (LIST, ("*:LIST", "POSTS:list"), None),
        (LIST, ("/api/", "/api/collections/"), 0),
        (LIST, ("/api/collections/", "/api/"), 0),
        (LIST, ("posts:list @auth", "*:list"), 1),
        (LIST_SIGNED_IN, ("*:list", "posts:list @auth"), 1),
        (LIST_SIGNED_IN, ("*:list @guest", "*:list @auth"), 1),
        (LIST_SIGNED_IN, ("*:list @guest",), None),
        (SIGN_IN, ("*:auth", "*:authWithPassword"), 1),
        (SIGN_IN, ("*:authWithPassword", "users:auth"), 1),
        (SIGN_IN, ("POST /api/", "*:auth"), 1),
        (HEALTH, ("/api/", "/api/health"), 1),
        (HEALTH, ("/api/health", "GET /api/health"), 1),
        (HEALTH, ("GET /api/", "/api/health"), 0),
        (HEALTH, ("/api",), None),
        (HEALTH, ("/api/heal/",), None),
        (HEALTH, ("/api/health/",), 0),
        (HEALTH, ("/",), 0),
        (HEALTH, ("get /api/health", "/API/health"), None),
        (HEALTH, ("/api/health @auth", "/api/"), 1),
        (HEAD, ("GET /api/health", "HEAD /api/health"), 1),
        (HEAD, ("GET /api/health",), None),
        (HEALTH, (), None),
    ],
)
def test_the_rule_that_limits(asked: Asked, labels: tuple[str, ...], found: int | None) -> None:
    given = rules(*labels)
    assert find_rule(given, asked) is (None if found is None else given[found])
