"""The order of checks: what may be set, then values and references, then ids."""

from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import filled_in
from chalicelib.records.validate import find_problems
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, ask, collection

A = "a" * 15


def problems(values: dict[str, object], body: dict[str, object]) -> set[str]:
    target = collection("users")
    draft = Record(target, {**{field.name: field.empty for field in target.fields}, **values})
    return set(find_problems(draft, filled_in(draft), ask(body=body), RelatedRecords()))


def test_each_check_waits_for_the_one_before(blog: Engine) -> None:
    add("_superusers", id=A, email="root@example.com", password="x")
    right = {"password": "12345678", "passwordConfirm": "12345678"}
    assert problems({"id": A, "email": "bad", "verified": True}, {}) == {
        "password",
        "passwordConfirm",
        "verified",
    }
    assert problems({"id": A, "email": "bad", "password": "12345678"}, right) == {"email"}
    assert problems({"id": A, "email": "a@example.com", "password": "12345678"}, right) == {"id"}
    assert problems({"email": "a@example.com", "password": "12345678"}, right) == set()
