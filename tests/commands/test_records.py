"""``export-records`` and ``import-records``: lines of JSON and CSV, there and back."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.__main__ import main
from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_collection
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record, read_pages
from chalicelib.storage.transactions import Create, write_together

FIELDS = [
    {"name": "title", "type": "text", "max": 30},
    {"name": "likes", "type": "number"},
    {"name": "open", "type": "bool"},
    {"name": "data", "type": "json"},
    {"name": "some", "type": "select", "values": ["a", "b"], "maxSelect": 2},
    {"name": "place", "type": "geoPoint"},
    {"name": "paper", "type": "file", "maxSelect": 1},
    {"name": "code", "type": "password"},
    {"name": "created", "type": "autodate", "onCreate": True},
]
FULL = {
    "id": "full00000000001",
    "title": 'A "quote", and\na line',
    "likes": 2.5,
    "open": True,
    "data": {"a": [1, None]},
    "some": ["b", "a"],
    "place": {"lon": 1.5, "lat": 2},
}
EMPTY = {"id": "bare00000000001"}
WORD = {"id": "word00000000001", "data": "12"}


@pytest.fixture
def posts(defaults: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A collection with some records, and the file that they came from."""
    create_collection({"name": "posts", "fields": FIELDS})
    file = tmp_path / "posts.jsonl"
    lines = [FULL, EMPTY, WORD]
    file.write_text("".join(json.dumps(each) + "\n" for each in lines) + "\n")
    assert main(["import-records", "posts", str(file)]) == 0
    assert "3 records are in." in capsys.readouterr().out
    return file


def stored() -> dict[str, dict[str, Any]]:
    pages = read_pages(get_collection("posts"))
    return {record.id: {**record.values, "created": ""} for page in pages for record in page}


def export(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["export-records", "posts", *options]) == 0
    return capsys.readouterr().out


def test_records_are_created_as_a_superuser_would(posts: Path) -> None:
    found = stored()
    assert list(found) == ["full00000000001", "bare00000000001", "word00000000001"]
    assert {name: found["full00000000001"][name] for name in FULL} == FULL
    assert (found["bare00000000001"]["data"], found["word00000000001"]["data"]) == (None, "12")


def test_json_lines_hold_all_but_secrets(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in export(capsys).splitlines()]
    assert {name: lines[0][name] for name in FULL} == FULL
    assert [line["id"] for line in lines] == list(stored())
    assert all("code" not in line for line in lines)


def test_csv_has_names_and_a_line_each(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, *rows = csv.reader(io.StringIO(export(capsys, "--format", "csv")))
    full = dict(zip(names, rows[0], strict=True))
    assert full["title"] == FULL["title"]
    assert (full["likes"], full["open"], full["some"]) == ("2.5", "true", '["b", "a"]')
    assert [row[names.index("data")] for row in rows] == ['{"a": [1, null]}', "null", '"12"']


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_there_and_back(posts: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = stored()
    file = posts.with_name(f"again.{kind}")
    file.write_text(export(capsys, "--format", kind))
    assert main(["import-records", "posts", str(file)]) == 0
    assert stored() == before


def test_what_has_the_id_is_changed_and_keeps_the_rest(posts: Path) -> None:
    posts.write_text('{"id": "full00000000001", "title": "new"}\n')
    assert main(["import-records", "posts", str(posts)]) == 0
    found = stored()
    assert len(found) == 3
    assert (found["full00000000001"]["title"], found["full00000000001"]["likes"]) == ("new", 2.5)


def test_each_line_that_is_refused_is_told_and_the_others_are_taken(
    posts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ['{"title": "%s"}' % ("x" * 31), "no json", "[1]", '{"id": "tooshort"}', '{"title": "good"}', ""]
    posts.write_text("\n".join(lines))
    assert main(["import-records", "posts", str(posts)]) == 1
    told = capsys.readouterr()
    assert [line.split(":")[0] for line in told.out.splitlines()][:4] == [f"line {n}" for n in (1, 2, 3, 4)]
    assert "title: Must be no more than 30 character(s)." in told.out
    assert told.err == "1 records are in; 4 lines were refused.\n"
    assert "good" in [each["title"] for each in stored().values()]


def test_uneven_lines_of_csv_are_told(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = posts.with_name("rows.csv")
    file.write_text("title,likes\na,1\nb\n\nc,3\n")
    assert main(["import-records", "posts", str(file)]) == 1
    assert "line 3: it has another number of cells" in capsys.readouterr().out
    assert [each["title"] for each in stored().values()][-2:] == ["a", "c"]


def test_files_are_left_out_and_told(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posts.write_text('{"id": "file00000000001", "paper": "not_there.txt"}\n')
    assert main(["import-records", "posts", str(posts)]) == 0
    assert "paper stay as they are" in capsys.readouterr().out
    assert stored()["file00000000001"]["paper"] == ""


def test_people_can_be_imported_and_their_secrets_not_exported(
    posts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posts.write_text('{"id": "person000000001", "email": "a@example.com", "password": "12345678"}\n')
    assert main(["import-records", "users", str(posts)]) == 0
    record = find_record(get_collection("users"), "person000000001")
    assert record and record.values["password"].startswith("$2")
    capsys.readouterr()
    assert main(["export-records", "users"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert not {"password", "tokenKey"} & line.keys()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["export-records", "nothing"], "no collection nothing"),
        (["import-records", "nothing", "x"], "no collection nothing"),
        (["import-records", "posts", "missing.jsonl"], "cannot be read"),
    ],
)
def test_what_is_not_there_is_told(
    posts: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    assert main(arguments) == 1
    assert reason in capsys.readouterr().err


def test_a_file_that_is_no_text_is_told(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posts.write_bytes(b"\xff\xfe\x00")
    assert main(["import-records", "posts", str(posts)]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_texts_come_back_as_they_were_from_csv(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["a\rb", "a\r\nb", "a\nb", " a ", '"q"', "x" * 200_000]
    field = {"name": "words", "type": "text", "max": 300_000}
    create_collection({"name": "texts", "fields": [field]})
    posts.write_text("".join(json.dumps({"words": each}) + "\n" for each in texts))
    assert main(["import-records", "texts", str(posts)]) == 0
    capsys.readouterr()
    assert main(["export-records", "texts", "--format", "csv"]) == 0
    file = posts.with_name("texts.csv")
    file.write_bytes(capsys.readouterr().out.encode())
    create_collection({"name": "again", "fields": [field]})
    assert main(["import-records", "again", str(file)]) == 0
    found = [record.values["words"] for page in read_pages(get_collection("again")) for record in page]
    assert found == texts


def test_half_characters_do_not_end_an_export(posts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lone = Record(get_collection("posts"), {"id": "half00000000001", "title": "a\ud800b", "data": ["\ud800"]})
    write_together([Create(lone)])
    assert "a\ufffdb" in export(capsys, "--format", "csv").encode().decode()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.jsonl", '{"likes": NaN}', "line 1: it is no JSON object"),
        ("a.jsonl", '{"data": [Infinity]}', "line 1: it is no JSON object"),
        ("a.jsonl", '{"data": 1e999}', "line 1: it is no JSON object"),
        ("a.jsonl", '{"wrods": "a", "title": "b"}', "line 1: the collection has no wrods"),
        ("a.csv", "wrods,title\na,b\n", "line 1: the collection has no wrods"),
        ("a.csv", "title,title\na,b\n", "line 1: the first line names title twice"),
    ],
)
def test_what_means_nothing_is_refused(
    posts: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, reason: str
) -> None:
    file = posts.with_name(name)
    file.write_text(text)
    assert main(["import-records", "posts", str(file)]) == 1
    assert reason in capsys.readouterr().out
    assert len(stored()) == 3


def test_what_the_api_shows_beside_the_fields_is_no_matter(posts: Path) -> None:
    posts.write_text('{"collectionId": "x", "collectionName": "posts", "title": "shown", "likes+": 2}\n')
    assert main(["import-records", "posts", str(posts)]) == 0
    assert [each["likes"] for each in stored().values() if each["title"] == "shown"] == [2]
