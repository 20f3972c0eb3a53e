"""A second deployment, of an application with a route more and a route less."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.client import Api
from tests.deploy.inventory import list_all
from tests.deploy.project import STAGE, Project
from tests.deploy.routes import PREFIX

pytestmark = pytest.mark.by_hand

ADDED = f"{PREFIX}-greeting"
REMOVED = f"{PREFIX}-batch"
GREETING = '''"""GET /api/greeting: what a team may add."""

from chalice.app import Blueprint, Response

from chalicelib.routes.answer import json_answer

blueprint = Blueprint(__name__)


@blueprint.route("/api/greeting", methods=["GET"], name="greeting", content_types=[])
def greet() -> Response:
    """Greets."""
    return json_answer({"greeting": "hello"})
'''


def change(file: Path, pattern: str, replacement: str) -> None:
    """Change a file in exactly one place."""
    text, count = re.subn(pattern, replacement, file.read_text(), flags=re.MULTILINE)
    assert count == 1, f"{pattern} is {count} times in {file.name}"
    file.write_text(text)


@pytest.fixture(scope="module")
def before(aws: Callable[[str], Any]) -> dict[str, set[str]]:
    return list_all(aws)


@pytest.fixture(scope="module", autouse=True)
def redeployed(before: dict[str, set[str]], project: Project) -> str:
    """The commands of a team that changes its routes; what `chalice deploy` says."""
    package = project.folder / "chalicelib"
    (package / "routes/greeting.py").write_text(GREETING)
    change(package / "routes/__init__.py", r"^    batch,$", "    greeting,")
    change(package / "routes/__init__.py", r"batch\.blueprint", "greeting.blueprint")
    change(package / "deploy/permissions.py", r'    "batch": Needs\(.*\),\n', '    "greeting": Needs(),\n')
    project.quoll("policies")
    said = project.chalice("deploy", "--stage", STAGE)
    project.quoll("provision", "--stage", STAGE)
    return said


def test_the_new_function_is_there_and_the_old_one_gone(
    before: dict[str, set[str]], aws: Callable[[str], Any]
) -> None:
    after = list_all(aws)
    assert after["functions"] - before["functions"] == {ADDED}
    assert before["functions"] - after["functions"] == {REMOVED}
    assert after["roles"] - before["roles"] == {ADDED}
    assert before["roles"] - after["roles"] == {REMOVED}
    for kind in ("rest APIs", "event sources", "rules", "tables", "buckets", "queues", "parameters"):
        assert after[kind] == before[kind], kind


def test_the_new_route_answers(api: Api) -> None:
    answer = api.ask("GET", "/api/greeting")
    assert (answer.status, answer.body) == (200, {"greeting": "hello"})


def test_the_old_route_is_unknown(api: Api) -> None:
    assert api.ask("POST", "/api/batch", {}).status == 404


def test_data_and_tokens_outlive_it(superuser: Api) -> None:
    assert superuser.ask("GET", "/api/collections").status == 200
