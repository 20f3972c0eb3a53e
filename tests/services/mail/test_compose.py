"""Mails out of templates: placeholders are data, and what a stranger chose is escaped."""

from typing import Any

import pytest

from chalicelib.mail.compose import compose, record_values
from chalicelib.schema.auth_options import EmailTemplate
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine

KINDS = {
    **dict.fromkeys(("name", "secret"), "text"),
    "num": "number",
    "js": "json",
    "geo": "geoPoint",
    "yes": "bool",
    "two": "select",
    "one": "select",
}


def shape() -> Collection:
    options: dict[str, dict[str, Any]] = {
        "secret": {"hidden": True},
        "two": {"values": ["a", "b"], "maxSelect": 2},
        "one": {"values": ["a", "b"]},
    }
    fields = [{"name": name, "type": kind, **options.get(name, {})} for name, kind in KINDS.items()]
    return Collection.from_json({"name": "shapes", "type": "base", "fields": fields})


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("name", "x", "x"),
        ("num", 3.0, "3"),
        ("num", 3, "3"),
        ("num", -1.5, "-1.5"),
        ("num", 1e21, "1000000000000000000000"),
        ("num", 1e-7, "0.0000001"),
        ("yes", True, "true"),
        ("one", "a", "a"),
        ("two", ["a", "b"], ""),
        ("js", None, "null"),
        ("js", "text", '"text"'),
        ("js", [1, {"é": 2}], '[1,{"é":2}]'),
        ("geo", {"lon": 1, "lat": 2}, '{"lon":1,"lat":2}'),
    ],
)
def test_values_as_text(name: str, value: Any, text: str) -> None:
    assert record_values(Record(shape(), {name: value}))[f"RECORD:{name}"] == text


def test_hidden_fields_have_no_placeholder() -> None:
    assert "RECORD:secret" not in record_values(Record(shape(), {"secret": "s"}))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{APP_NAME} {APP_URL}", "Acme http://localhost:8090"),
        ("{TOKEN}{TOKEN}", "tt"),
        ("{RECORD:name}", "{TOKEN}{APP_NAME}{RECORD:name}"),
        ("{RECORD:evil}", "&lt;b&gt;&#34;&#39;&amp;&lt;/b&gt;"),
        ("{RECORD:nope} {NOPE} {token} {RECORD:} {TOKEN", "{RECORD:nope} {NOPE} {token} {RECORD:} {TOKEN"),
        ("{{TOKEN}} {{ 7*7 }} {% x %} ${TOKEN} %s {0}", "{t} {{ 7*7 }} {% x %} $t %s {0}"),
    ],
)
def test_placeholders_are_replaced_once(defaults: Engine, text: str, written: str) -> None:
    values = {"TOKEN": "t", "RECORD:name": "{TOKEN}{APP_NAME}{RECORD:name}", "RECORD:evil": "<b>\"'&</b>"}
    message = compose("otp", EmailTemplate(subject=text, body=text), "a@b.example", values)
    assert (message.subject, message.html) == (written, written)
    assert (message.kind, message.to) == ("otp", "a@b.example")
