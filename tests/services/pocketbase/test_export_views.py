"""View collections in an exported directory: views there, too, and PocketBase starts on it."""

import http.client
import json
from contextlib import closing
from pathlib import Path

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_collection
from chalicelib.pocketbase.data_folder import open_data
from chalicelib.pocketbase.export_data import export_data
from chalicelib.records.create import create_record
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.servers import pocketbase

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("pocketbase")]

OPEN = {"listRule": "", "viewRule": ""}


@pytest.fixture
def exported(stage: Engine, tmp_path: Path) -> Path:
    """A directory with a collection of two records, and two views."""
    create_collection({"name": "posts", "fields": [{"name": "title", "type": "text"}]})
    root = Record(get_collection("_superusers"))
    for title in ("one", "two"):
        create_record("posts", RequestInfo(method="POST", body={"title": title}, auth=root))
    create_collection({"name": "first", "type": "view", "viewQuery": "select id, title from posts;", **OPEN})
    numbered = "select (row_number() over (order by title)) as id, title from first"
    create_collection({"name": "numbered", "type": "view", "viewQuery": numbered, **OPEN})
    folder = tmp_path / "data"
    export_data(folder, lambda text: None)
    return folder


def test_they_are_views(exported: Path) -> None:
    with open_data(exported) as data:
        found = data.database.execute("SELECT type FROM sqlite_master WHERE name = 'numbered'").fetchall()
        rows = data.database.execute("SELECT id, typeof(id), title FROM numbered ORDER BY title").fetchall()
        definition = next(each for each in data.definitions() if each["name"] == "first")
    assert (found, rows) == ([("view",)], [("1", "text", "one"), ("2", "text", "two")])
    assert definition["viewQuery"] == "select id, title from posts;"


def test_pocketbase_shows_the_same(exported: Path) -> None:
    with (
        pocketbase(exported.parent) as server,
        closing(http.client.HTTPConnection("127.0.0.1", server.port)) as talk,
    ):
        talk.request("GET", "/api/collections/numbered/records?sort=title")
        items = json.loads(talk.getresponse().read())["items"]
    assert [(each["id"], each["title"]) for each in items] == [("1", "one"), ("2", "two")]
