"""The recorded cases of tests/data are still what the real server answers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.parity.cases import Case
from tests.parity.send import Talk, ask, talk_to
from tests.servers import Server
from tests.unit.schema.fields.contract import DATA, load_cases, same

TYPES = sorted(path.stem for path in (DATA / "fields").glob("*.json") if path.stem != "options")
TARGETS = {"id": "field_targets_1", "name": "field_targets", "type": "base"}

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("parity")]


@pytest.fixture(scope="module")
def talk(real: Server) -> Iterator[Talk]:
    with talk_to(real) as talk:
        send(talk, "POST", "/api/collections", TARGETS)
        for letter in "abc":
            send(talk, "POST", "/api/collections/field_targets/records", {"id": letter * 15})
        yield talk


def send(talk: Talk, method: str, target: str, body: Any) -> tuple[int, Any]:
    answer = ask(talk, Case("field", "root", method, target, "json", json.dumps(body)))
    return answer.status, json.loads(answer.text or "null")


def made_collection(talk: Talk, field: Any) -> dict[str, Any]:
    """What the server says to a collection with this field, instead of the one before."""
    send(talk, "DELETE", "/api/collections/field_cases", None)
    status, said = send(
        talk, "POST", "/api/collections", {"name": "field_cases", "type": "base", "fields": [field]}
    )
    if status != 200:
        return {"problems": said["data"]["fields"]["1"]} if said["data"] else {"refused": said["message"]}
    saved = next(each for each in said["fields"] if each["name"] == field["name"])
    return {"saved": {key: value for key, value in saved.items() if key != "id"}}


@pytest.mark.parametrize("kind", TYPES)
def test_values(kind: str, talk: Talk) -> None:
    is_key = kind == "primary_key"
    name, field_type = ("id", "text") if is_key else ("x", kind)
    for group in load_cases(f"fields/{kind}.json"):
        assert "saved" in made_collection(talk, {"name": name, "type": field_type, **group["options"]})
        for case in group["cases"]:
            status, said = send(
                talk, "POST", "/api/collections/field_cases/records", {name: case["submitted"]}
            )
            found = {"value": said[name]} if status == 200 else {"problem": said["data"].get(name)}
            expected = {key: case[key] for key in ("value", "problem") if key in case}
            assert same(found, expected), case


def test_options(talk: Talk) -> None:
    for case in load_cases("fields/options.json"):
        expected = {key: value for key, value in case.items() if key != "definition"}
        assert same(made_collection(talk, {"name": "x", **case["definition"]}), expected), case


def test_pattern_syntax(talk: Talk) -> None:
    for case in load_cases("patterns/syntax.json"):
        found = made_collection(talk, {"name": "x", "type": "text", "pattern": case["pattern"]})
        message = found.get("problems", {}).get("pattern", {}).get("message")
        assert message == case.get("problem"), case


def test_pattern_matches(talk: Talk) -> None:
    for case in load_cases("patterns/matches.json"):
        made_collection(talk, {"name": "x", "type": "text", "pattern": case["pattern"]})
        status, _ = send(talk, "POST", "/api/collections/field_cases/records", {"x": case["text"]})
        assert (status == 200) is case["found"], case


def test_changes(talk: Talk) -> None:
    data = load_cases("records/changes.json")
    send(talk, "DELETE", "/api/collections/field_changes", None)
    collection = {"name": "field_changes", "type": "base", "fields": data["fields"], "viewRule": ""}
    assert (
        send(talk, "POST", "/api/collections", {**collection, "createRule": "", "updateRule": ""})[0] == 200
    )
    for case in data["cases"]:
        expected = {key: case[key] for key in ("values", "problems") if key in case}
        assert same(changed(talk, data["current"], case), expected), case


def changed(talk: Talk, current: Any, case: Any) -> dict[str, Any]:
    """What the server stores after a case's body, or what it finds wrong."""
    records = "/api/collections/field_changes/records"
    record = f"{records}/{current['id']}"
    send(talk, "DELETE", record, None)
    method, target = ("PATCH", record) if case.get("current") else ("POST", records)
    if case.get("current"):
        assert send(talk, "POST", records, current)[0] == 200
    who = "root" if case["superuser"] else "-"
    answer = ask(talk, Case("change", who, method, target, "json", json.dumps(case["body"])))
    said = json.loads(answer.text)
    if answer.status != 200:
        return {"problems": said["data"]}
    _, stored = send(talk, "GET", f"{records}/{said['id']}", None)
    shown = {key: value for key, value in stored.items() if not key.startswith("collection")}
    return {"values": {key: value for key, value in shown.items() if key not in ("id", "p")}}
