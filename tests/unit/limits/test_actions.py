"""The table of actions: complete, and of routes that there are."""

import pytest

from chalicelib.limits.actions import ACTIONS, UNNAMED, find_action
from tests.unit.deploy.conftest import VIEWS

ROUTES = {
    f"{view.method} {view.uri_pattern}"
    for view in VIEWS.values()
    if "{collection}" in view.uri_pattern and view.method != "HEAD"
}


def test_every_route_below_a_collection_is_named_or_said_to_be_unnamed() -> None:
    """A new one gets a row in ACTIONS of chalicelib/limits/actions.py, or in UNNAMED."""
    assert sorted(ROUTES - ACTIONS.keys() - UNNAMED) == []
    assert not ACTIONS.keys() & UNNAMED


def test_every_row_is_of_a_route() -> None:
    assert sorted((ACTIONS.keys() | UNNAMED) - ROUTES) == []


@pytest.mark.parametrize(
    ("method", "route", "action"),
    [
        ("GET", "/api/collections/{collection}/records", ("list",)),
        ("HEAD", "/api/collections/{collection}/records", ("list",)),
        ("POST", "/api/collections/{collection}/auth-with-password", ("authWithPassword", "auth")),
        ("POST", "/api/collections/{collection}/uploads", ()),
        ("GET", "/api/health", ()),
    ],
)
def test_find_action(method: str, route: str, action: tuple[str, ...]) -> None:
    assert find_action(method, route) == action


def test_names_are_those_of_their_kind() -> None:
    """What may be told apart is: no two routes share their first name."""
    first = [names[0] for names in ACTIONS.values()]
    assert len(set(first)) == len(first)
    assert {name for names in ACTIONS.values() for name in names[1:]} == {"auth"}
