"""Which functions there are, and names that AWS or Chalice would refuse."""

from collections.abc import Callable

import pytest
from chalice import Chalice

from app import app
from chalicelib.config import Config
from chalicelib.deploy.functions import (
    ALARM,
    API_HANDLER,
    PLACES,
    announce_functions,
    find_complaints,
    group_views,
    jobs_of,
)
from chalicelib.deploy.template import Application, make_template
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
    assert groups["record_auth"] == [
        "auth_methods",
        "auth_with_password",
        "auth_refresh",
        "auth_request_otp",
        "auth_with_otp",
        "auth_impersonate",
    ]
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


def app_with_job(name: str) -> Chalice:
    tiny = tiny_app("one")
    tiny.schedule("rate(1 minute)", name=name)(lambda event: None)
    return tiny


@pytest.mark.parametrize(("length", "is_fine"), [(49, True), (50, False), (72, False)])
def test_a_job_is_a_rule_as_well(length: int, is_fine: bool) -> None:
    """AWS takes 64 characters for it: quoll-dev-<name>-event."""
    name = "j" * length
    full = f"tiny-dev-{name}-event"
    told = f"The job {name} would be {full}, over 64 characters: give it a shorter name=."
    assert list(find_complaints(app_with_job(name), "single", "dev")) == ([] if is_fine else [told])


TAKEN = ["dashboard", "table", "gateway_log", "alarm-errors", "failed", "managed_layer"]


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("make", [tiny_app, app_with_job])
def test_names_that_a_template_has_already(make: Callable[[str], Chalice], name: str) -> None:
    place = "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
    assert list(find_complaints(make(name), "route", "dev")) == [
        f"{name} would be {place} in a template, which is something else there: name it otherwise."
    ]


def test_names_that_a_template_cannot_tell_apart() -> None:
    assert list(find_complaints(tiny_app("a_b", "a-b"), "route", "dev")) == [
        "a-b and a_b would both be AB in a template: name one otherwise."
    ]
    assert list(find_complaints(tiny_app("one", "one_role"), "route", "dev")) == [
        "one_role would be the role of one in a template: name it otherwise."
    ]


def test_every_resource_of_the_template_is_a_name_that_is_taken() -> None:
    config = Config(stage="dev", table="t", bucket="b")
    made = make_template(config, Application("quoll", "api", (), ()))["Resources"].keys()
    assert {each for each in made if not each.startswith(ALARM)} <= set(PLACES)
