"""Which functions there are, and names that AWS or Chalice would refuse."""

import pytest
from chalice import Chalice

from app import app
from chalicelib.deploy.functions import API_HANDLER, announce_functions, find_complaints, group_views, jobs_of
from tests.unit.deploy.conftest import VIEWS


def tiny_app(*names: str) -> Chalice:
    """An application with a view per name, and a job."""
    tiny = Chalice("tiny")

    def view() -> None:
        """Answers nothing."""

    for number, name in enumerate(names):
        tiny.route(f"/route{number}", name=name)(view)
    tiny.schedule("rate(1 minute)", name="job")(view)
    return tiny


def test_a_view_is_a_function() -> None:
    views = {view.view_name for view in VIEWS.values()}
    assert group_views(app, "route") == {name: [name] for name in views}


def test_a_module_is_a_function() -> None:
    groups = group_views(app, "resource")
    assert groups["records"] == [
        "records_list",
        "records_create",
        "records_view",
        "records_update",
        "records_delete",
    ]
    assert groups["record_auth"] == ["auth_methods", "auth_with_password", "auth_refresh"]
    assert sorted(name for names in groups.values() for name in names) == sorted(
        {view.view_name for view in VIEWS.values()}
    )


def test_all_are_one_function() -> None:
    groups = group_views(app, "single")
    assert groups == {API_HANDLER: list(dict.fromkeys(view.view_name for view in VIEWS.values()))}


@pytest.mark.parametrize("stage", ["dev", "prod", "a" * 30])
@pytest.mark.parametrize("grouping", ["route", "resource", "single"])
def test_the_application_can_be_deployed(grouping: str, stage: str) -> None:
    assert list(find_complaints(app, grouping, stage)) == []


GIVE = "give its route"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("a.b", f"The view a.b cannot be a Lambda function: {GIVE} a name= of letters, digits, - and _."),
        ("ä", f"The view ä cannot be a Lambda function: {GIVE} a name= of letters, digits, - and _."),
        (
            "a" * 56,
            f"The view {'a' * 56} would be tiny-dev-{'a' * 56}, over 64 characters: {GIVE} a shorter name=.",
        ),
        (
            "websocket_message",
            f"The view websocket_message has a name that Chalice uses itself: {GIVE} another name=.",
        ),
        ("rest_api", f"The view rest_api has a name that Chalice uses itself: {GIVE} another name=."),
        ("job", "The view job has the name of a job: give one of them another name=."),
    ],
)
def test_names_that_cannot_be(name: str, complaint: str) -> None:
    tiny = tiny_app(name)
    assert list(find_complaints(tiny, "route", "dev")) == [complaint]
    assert list(find_complaints(tiny, "single", "dev")) == []


def test_the_longest_name() -> None:
    assert list(find_complaints(tiny_app("a" * 55), "route", "dev")) == []


def test_a_module_that_cannot_be() -> None:
    tiny = tiny_app("one")
    tiny.routes["/route0"]["GET"].view_function.__module__ = "routes.job"
    assert list(find_complaints(tiny, "resource", "dev")) == [
        "The function job (of the view one) has the name of a job: give one of them another name=."
    ]


def test_functions_are_announced_once_each() -> None:
    tiny = tiny_app("one", "two")
    announce_functions(tiny, "route")
    assert {(each.name, each.handler_string) for each in tiny.builtin_auth_handlers} == {
        ("one", "app.app"),
        ("two", "app.app"),
    }
    alone = tiny_app("one", "two")
    announce_functions(alone, "single")
    assert alone.builtin_auth_handlers == []


def test_jobs_are_functions_already() -> None:
    assert jobs_of(tiny_app("one")) == ["job"]
