"""The programs of docs/extending.md do what it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from chalice.app import Chalice

from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_collection
from chalicelib.deploy import permissions
from chalicelib.jobs.schedules import Schedule
from chalicelib.migrations.run import Run, run_migration
from chalicelib.migrations.written import find_migrations
from chalicelib.records.create import create_record
from chalicelib.request import RequestInfo
from chalicelib.routes import MIDDLEWARE
from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.services.collections.stored import store, stored

PAGE = (Path(__file__).parents[2] / "docs" / "extending.md").read_text()
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "likes", "type": "number"},
    {"name": "published", "type": "bool"},
    {"name": "touched", "type": "date"},
]


def load(path: str) -> SimpleNamespace:
    """What a program of the page defines."""
    names: dict[str, object] = {"__name__": path.removesuffix(".py").replace("/", ".")}
    exec(compile(FILES[path], path, "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture
def posts(defaults: Engine) -> Iterator[None]:
    """Three posts: one good, one old draft, one that guests may not see."""
    rule = "likes < 100"
    create_collection({"name": "posts", "fields": FIELDS, "listRule": rule, "viewRule": rule})
    store("posts", "post00000000001", title="Hello, World!", likes=3, published=True)
    store("posts", "post00000000002", title="An old draft", likes=5, touched="2020-01-01 00:00:00.000Z")
    store("posts", "post00000000003", title="", likes=100, touched="2999-01-01 00:00:00.000Z")
    yield


def ids() -> list[str]:
    return [record.id[-1] for record in stored("posts")]


def test_all_programs_are_run_here() -> None:
    assert sorted(FILES) == [
        "chalicelib/jobs/old_drafts.py",
        "chalicelib/migrations/0001_posts_get_a_slug.py",
        "chalicelib/routes/popular.py",
        "chalicelib/schema/fields/color.py",
    ]


@pytest.mark.usefixtures("posts")
def test_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permissions.FUNCTIONS, "popular", permissions.Needs(permissions.READS))
    app = Chalice("quoll", configure_logs=False)
    for middleware in MIDDLEWARE:
        app.register_middleware(middleware, "http")
    app.register_blueprint(load("chalicelib/routes/popular.py").blueprint)
    status, _, body = Gateway(app).handle("GET", "/api/popular?fields=id,likes")
    assert status == 200
    assert [each["likes"] for each in json.loads(body)["items"]] == [5, 3]


@pytest.mark.usefixtures("posts")
def test_the_job() -> None:
    job = load("chalicelib/jobs/old_drafts.py")
    (row,) = re.findall(r"^(Schedule\(\n.*\n\))$", PAGE, re.MULTILINE)
    schedule = eval(row, {"Schedule": Schedule, "remove_old_drafts": job.remove_old_drafts})
    assert f'"{schedule.function}": Needs(RUNS' in PAGE
    assert schedule.cron.expression == "0 * * * *"
    for _ in range(2):
        schedule.run()
        assert ids() == ["1", "3"]


@pytest.mark.parametrize(("given", "expected"), [("#FF8800", "#ff8800"), ("red", None), (None, "")])
def test_the_field_type(defaults: Engine, monkeypatch: pytest.MonkeyPatch, given, expected) -> None:
    color = load("chalicelib/schema/fields/color.py")
    monkeypatch.setitem(FIELD_TYPES, "color", color.ColorField)
    create_collection({"name": "paints", "fields": [{"name": "shade", "type": "color"}]})
    superuser = Record(get_collection("_superusers"))
    request = RequestInfo(method="POST", body={"shade": given}, auth=superuser)
    if expected is None:
        with pytest.raises(Exception, match="Failed to create record") as refused:
            create_record("paints", request)
        assert refused.value.data["shade"]["message"] == color.NOT_A_COLOR.message
    else:
        assert create_record("paints", request)["shade"] == expected


@pytest.mark.usefixtures("posts")
def test_the_migration(tmp_path: Path) -> None:
    path = "chalicelib/migrations/0001_posts_get_a_slug.py"
    (tmp_path / Path(path).name).write_text(FILES[path])
    (migration,) = find_migrations(tmp_path)
    run_migration(Run(migration, "up", "", lambda text: None))
    assert [record.values["slug"] for record in stored("posts")] == ["hello-world", "an-old-draft", ""]
    assert [index.name for index in get_collection("posts").indexes] == ["posts_slug"]
    run_migration(Run(migration, "down", "", lambda text: None))
    assert "slug" not in get_collection("posts").field_by_name
    assert get_collection("posts").indexes == ()


def test_all_steps_are_on_the_page() -> None:
    source = (Path(__file__).parents[2] / "chalicelib" / "migrations" / "steps.py").read_text()
    for name in re.findall(r"^def ([a-z]\w*)\(", source, re.MULTILINE):
        assert f"`{name}" in PAGE
