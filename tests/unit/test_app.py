"""The application as a whole: its routes, the Lambda functions they become, its stages."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chalice.app import RouteEntry

import app as application
from chalicelib.config import read_config
from chalicelib.routes import BLUEPRINTS, MIDDLEWARE

ROOT = Path(application.__file__).parent
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())
ROUTES = [entry for methods in application.app.routes.values() for entry in methods.values()]
LONGEST_STAGE = max(CONFIG["stages"], key=len)
# Chalice gives these names a meaning of their own.
TAKEN = {"websocket_connect", "websocket_message", "websocket_disconnect", "api_handler"}


@pytest.mark.parametrize("name", sorted({entry.view_name for entry in ROUTES}))
def test_each_view_can_be_a_function_of_its_own(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", name)
    assert len(f"quoll-{LONGEST_STAGE}-{name}") <= 64
    assert name not in TAKEN


def test_no_two_views_share_a_name() -> None:
    views = {(entry.view_name, entry.view_function) for entry in ROUTES}
    assert len(views) == len({name for name, _ in views})


@pytest.mark.parametrize("path", sorted(application.app.routes))
def test_what_can_be_read_can_be_asked_about(path: str) -> None:
    methods = application.app.routes[path]
    assert ("GET" in methods) == ("HEAD" in methods)
    assert "GET" not in methods or methods["GET"].view_name == methods["HEAD"].view_name


@pytest.mark.parametrize("entry", ROUTES, ids=lambda entry: f"{entry.method} {entry.uri_pattern}")
def test_every_route_leaves_bodies_to_our_reader(entry: RouteEntry) -> None:
    assert entry.content_types == []
    assert entry.uri_pattern.startswith("/api/")


def test_one_variable_name_per_level() -> None:
    """API Gateway refuses two names for the same place in a path."""
    names: dict[tuple[str, ...], set[str]] = {}
    for path in application.app.routes:
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                before = tuple("{}" if each.startswith("{") else each for each in parts[:place])
                names.setdefault(before, set()).add(part)
    assert all(len(several) == 1 for several in names.values())


def test_put_together() -> None:
    assert [handler for handler, _ in application.app.middleware_handlers] == list(MIDDLEWARE)
    assert len({id(blueprint) for blueprint in BLUEPRINTS}) == len(BLUEPRINTS)
    assert application.app.api.binary_types == ["*/*"]


def test_app_has_no_logic() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) < 40


@pytest.mark.parametrize("stage", sorted(CONFIG["stages"]))
def test_stages_have_a_configuration_that_works(stage: str) -> None:
    config = read_config(CONFIG["stages"][stage]["environment_variables"])
    assert (config.stage, config.table, config.bucket) == (stage, f"quoll-{stage}", f"quoll-{stage}-files")


def test_stages() -> None:
    assert {"local", "dev", "prod"} <= CONFIG["stages"].keys()


LIBRARIES = "chalice, pynamodb.models, aws_lambda_powertools.logging, bcrypt, jwt"


def seconds_to_import(names: str) -> float:
    """CPU time of a fresh process, the least of three."""
    program = f"import time; start = time.process_time(); import {names}; print(time.process_time() - start)"
    runs = (
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
        for _ in range(3)
    )
    return min(float(run.stdout) for run in runs)


def test_starting_costs_little_more_than_the_libraries_do() -> None:
    """Every cold start pays for what is imported at the top: measured 2.1 times the libraries alone."""
    assert seconds_to_import("app") < 3 * seconds_to_import(LIBRARIES)


LATER = (
    "chalicelib.storage.bucket",
    "chalicelib.deploy",
    "chalicelib.commands",
    "boto3",
    "cryptography",
)


@pytest.mark.parametrize("name", LATER)
def test_what_few_need_is_not_imported_at_the_start(name: str) -> None:
    program = f"import app, sys; sys.exit({name!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_starting_does_not_stop_to_look_for_garbage() -> None:
    program = "import gc, app; print(sum(each['collections'] for each in gc.get_stats()[1:]))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) <= 5  # what the interpreter and its site-packages begin with
