"""From bodies to values: what the real server stores, and what it refuses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.records.check import check_values
from chalicelib.records.values import body_for_rules, fill_changed, fill_new, read_values
from chalicelib.request import Upload
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import FIELD_TYPES, Field
from chalicelib.schema.fields.file import NewFile
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from tests.unit.schema.fields.contract import json_values, load_cases, same

NOW, LATER = "2026-01-31 09:05:00.123Z", "2026-02-01 00:00:00.000Z"
DATA = load_cases("records/changes.json")
ID = {
    "name": "id",
    "type": "text",
    "primaryKey": True,
    "required": True,
    "pattern": "^[a-z0-9]+$",
    "min": 15,
    "max": 15,
    "autogeneratePattern": "[a-z0-9]{15}",
}


def make_field(definition: Any) -> Field:
    return FIELD_TYPES[definition["type"]].from_json(definition)


def make_collection(*definitions: Any) -> Collection:
    return Collection(id="c", name="things", fields=tuple(make_field(each) for each in (ID, *definitions)))


def make_record(collection: Collection, values: Any) -> Record:
    return Record(collection, {field.name: field.empty for field in collection.fields} | values)


THINGS = make_collection(*DATA["fields"])
CURRENT = make_record(THINGS, DATA["current"])


def answer(case: Any) -> dict[str, Any]:
    before = CURRENT if case.get("current") else None
    values = read_values(THINGS, case["body"], before, superuser=case["superuser"])
    filled = (fill_changed if before else fill_new)(THINGS, values, NOW)
    if found := check_values(THINGS, filled, before):
        return {"problems": problems_to_json(found)}
    return {"values": {key: value for key, value in filled.items() if key not in ("id", "p")}}


@pytest.mark.parametrize("case", DATA["cases"], ids=[ascii(case["body"])[:60] for case in DATA["cases"]])
def test_answers_as_pocketbase_does(case: Any) -> None:
    expected = {key: case[key] for key in ("values", "problems") if key in case}
    assert same(answer(case), expected)


@given(
    st.dictionaries(st.sampled_from([*"tnmsfjdbhgrp", "id", "n+", "m-", "+s", "t:autogenerate"]), json_values)
)
def test_any_body_gives_values_in_normal_form(body: Any) -> None:
    values = read_values(THINGS, body, CURRENT, superuser=True)
    assert list(values) == [field.name for field in THINGS.fields]
    for field in THINGS.fields:
        assert repr(field.normalize(values[field.name])) == repr(values[field.name])
    check_values(THINGS, values, CURRENT)


def test_current_values_are_not_touched() -> None:
    before = repr(CURRENT.values)
    values = read_values(THINGS, {"m+": "c", "n+": 1, "g": {"lon": 9}, "j": [1]}, CURRENT, superuser=True)
    assert values["m"] == ["a", "b", "c"]
    assert repr(CURRENT.values) == before


def test_modifiers_of_one_length_are_applied_in_the_order_of_the_body() -> None:
    one = read_values(THINGS, {"m+": "c", "m-": "c"}, CURRENT, superuser=True)
    other = read_values(THINGS, {"m-": "c", "m+": "c"}, CURRENT, superuser=True)
    assert (one["m"], other["m"]) == (["a", "b"], ["a", "b", "c"])


DATES = make_collection(
    {"name": "created", "type": "autodate", "onCreate": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    {"name": "changed", "type": "autodate", "onUpdate": True},
)


def test_dates_set_themselves_and_nobody_else_does() -> None:
    mine = dict.fromkeys(("created", "updated", "changed"), "2020-01-01")
    created = fill_new(DATES, read_values(DATES, mine, None, superuser=True), NOW)
    assert [created[key] for key in mine] == [NOW, NOW, ""]
    record = make_record(DATES, created)
    changed = fill_changed(DATES, read_values(DATES, mine, record, superuser=True), LATER)
    assert [changed[key] for key in mine] == [NOW, LATER, LATER]


def test_an_id_is_made_unless_one_is_given() -> None:
    made = fill_new(DATES, read_values(DATES, {}, None, superuser=False), NOW)["id"]
    given_id = fill_new(DATES, read_values(DATES, {"id": "a" * 15}, None, superuser=False), NOW)["id"]
    assert (len(made), given_id) == (15, "a" * 15)
    assert made.isalnum()


def test_a_submitted_password_is_plain_and_the_stored_one_stays() -> None:
    stored = make_record(THINGS, {"p": "$2a$10$hash", "r": "x"})
    changed = read_values(THINGS, {"p": "new one"}, stored, superuser=False)["p"]
    assert isinstance(changed, PlainPassword)
    assert repr(changed) == "PlainPassword('***')"
    kept = read_values(THINGS, {}, stored, superuser=False)["p"]
    assert (kept, isinstance(kept, PlainPassword)) == ("$2a$10$hash", False)


UPLOAD = Upload("cat.png", "image/png", b"...")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"f": UPLOAD}, [UPLOAD]),
        ({"f+": UPLOAD}, ["kept.png", UPLOAD]),
        ({"+f": UPLOAD}, [UPLOAD, "kept.png"]),
        ({"f": [UPLOAD, "kept.png"]}, [UPLOAD, "kept.png"]),
        ({"f+": [UPLOAD]}, ["kept.png", UPLOAD]),
    ],
)
def test_an_upload_is_a_new_file(body: Any, expected: list[Any]) -> None:
    stored = make_record(THINGS, {"f": ["kept.png"], "r": "x", "id": "a" * 15})
    values = read_values(THINGS, body, stored, superuser=True)
    assert values["f"] == [getattr(each, "stored_name", each) for each in expected]
    assert [each.content for each in values["f"] if isinstance(each, NewFile)] == [b"..."]
    assert not check_values(THINGS, values, stored)


def test_rules_see_an_upload_as_what_it_will_be() -> None:
    values = read_values(THINGS, {"f": [UPLOAD, "kept.png"]}, None, superuser=True)
    seen = body_for_rules(THINGS, {"f": [UPLOAD, "kept.png"], "x": UPLOAD}, values, superuser=True)
    described = {"name": UPLOAD.stored_name, "originalName": "cat.png", "size": 3}
    assert seen == {"f": [described, "kept.png"]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"f": "b.png"}, ["b.png"]),
        ({"f": ["b.png", "a.png"]}, ["b.png", "a.png"]),
        ({"f-": "a.png"}, ["b.png"]),
        ({"f": ""}, []),
    ],
)
def test_stored_files_are_kept_or_dropped_by_name(body: Any, expected: list[str]) -> None:
    stored = make_record(THINGS, {"f": ["a.png", "b.png"], "r": "x", "id": "a" * 15})
    values = read_values(THINGS, body, stored, superuser=False)
    assert values["f"] == expected
    assert not check_values(THINGS, values, stored)


@pytest.mark.parametrize("name", ["t", "n", "m", "j", "d", "b", "g", "p"])
def test_an_upload_means_nothing_to_other_fields(name: str) -> None:
    values = read_values(THINGS, {name: UPLOAD, "r": "x"}, None, superuser=True)
    assert values[name] == THINGS.field_by_name[name].empty
