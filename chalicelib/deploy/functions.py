"""Which Lambda function answers which route.

Chalice has one function for all routes, `api_handler`. But it makes one more for each authorizer, with a
role, settings and a log group of its own and the gateway's permission to call it. So each group of routes is
announced as an authorizer, which no route uses, and the gateway's document is pointed at these functions once
it is written (gateway_document.py). Each runs the whole application, which finds the view by the event.

How routes are grouped is the stage's QUOLL_GROUPING: one function per view ("route"), per module of views
("resource"), or one for all ("single"). `api_handler` answers what no group takes: nothing, or all of it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from chalice.app import BuiltinAuthConfig, Chalice, RouteEntry, ScheduledEventConfig
from chalice.utils import to_cfn_resource_name

API_HANDLER = "api_handler"
HANDLER = "app.app"
LONGEST_NAME = 64  # of a function, and of the rule that a schedule is: the function's name and RULE
RULE = "-event"
# What else a template has: a function that is called the same there would be merged with it.
PLACES = ("APIHandler", "Bucket", "Dashboard", "Failed", "GatewayLog", "GatewayLogs", "RestAPI", "Table")
CHALICES_LAYER = "ManagedLayer"
ALARM = "Alarm"
# These mean something else to Chalice.
TAKEN = ("rest_api", "websocket_api", "websocket_connect", "websocket_message", "websocket_disconnect")

FunctionOf: TypeAlias = Callable[[RouteEntry], str]

GROUPINGS: Mapping[str, FunctionOf] = {
    "route": lambda view: str(view.view_name),
    "resource": lambda view: str(view.view_function.__module__.rpartition(".")[2]),
    "single": lambda view: API_HANDLER,
}


def views_of(app: Chalice) -> list[RouteEntry]:
    """All routes, an entry per method."""
    return [view for methods in app.routes.values() for view in methods.values()]


def jobs_of(app: Chalice) -> list[str]:
    """The names of the functions that no request calls."""
    return [each.name for each in app.event_sources] + [each.name for each in app.pure_lambda_functions]


def group_views(app: Chalice, grouping: str) -> dict[str, list[str]]:
    """The functions that answer requests, and the names of the views in each."""
    groups: dict[str, list[str]] = {}
    for view in views_of(app):
        views = groups.setdefault(GROUPINGS[grouping](view), [])
        views += [view.view_name] if view.view_name not in views else []
    return groups


def announce_functions(app: Chalice, grouping: str) -> None:
    """Let Chalice make the functions. Whether AWS takes their names, find_complaints says before."""
    for name in group_views(app, grouping).keys() - {API_HANDLER}:
        app.builtin_auth_handlers.append(BuiltinAuthConfig(name, HANDLER))


def find_complaints(app: Chalice, grouping: str, stage: str) -> Iterator[str]:
    """What is wrong with the names of views and of jobs, each with what to do about it."""
    jobs = jobs_of(app)
    yield from _find_long_jobs(app, stage)
    yield from _find_taken_places([*(group_views(app, grouping).keys() - {API_HANDLER}), *jobs])
    for name, views in group_views(app, grouping).items():
        who = f"The view {views[0]}" if name in views else f"The function {name} (of the view {views[0]})"
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            yield f"{who} cannot be a Lambda function: give its route a name= of letters, digits, - and _."
        if len(full := f"{app.app_name}-{stage}-{name}") > LONGEST_NAME:
            yield f"{who} would be {full}, over {LONGEST_NAME} characters: give its route a shorter name=."
        if name in TAKEN:
            yield f"{who} has a name that Chalice uses itself: give its route another name=."
        if name in jobs:
            yield f"{who} has the name of a job: give one of them another name=."


def _find_long_jobs(app: Chalice, stage: str) -> Iterator[str]:
    schedules = {each.name for each in app.event_sources if isinstance(each, ScheduledEventConfig)}
    for name in jobs_of(app):
        full = f"{app.app_name}-{stage}-{name}{RULE if name in schedules else ''}"
        if len(full) > LONGEST_NAME:
            yield f"The job {name} would be {full}, over {LONGEST_NAME} characters: give it a shorter name=."


def _find_taken_places(names: list[str]) -> Iterator[str]:
    """Names that a template cannot tell from others: it knows letters and digits, each word capitalized."""
    places = {name: to_cfn_resource_name(name) for name in sorted(names) if re.search("[A-Za-z0-9]", name)}
    roles = {f"{place}Role": name for name, place in places.items()}
    for name, place in places.items():
        if place in (*PLACES, CHALICES_LAYER) or place.startswith(ALARM):
            yield f"{name} would be {place} in a template, which is something else there: name it otherwise."
        if place in roles:
            yield f"{name} would be the role of {roles[place]} in a template: name it otherwise."
        if others := [each for each, there in places.items() if there == place and each > name]:
            yield f"{name} and {', '.join(others)} would both be {place} in a template: name one otherwise."
