"""What is filled in and hashed when a record is stored."""

from chalicelib.records.attached import find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import filled_in, hashed, renewed, save_changed, save_new
from chalicelib.schema.completion import ATTACHED
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.record import Record
from chalicelib.security.passwords import password_matches
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, build, collection


def test_filling_in_twice_changes_no_more_than_dates(blog: Engine) -> None:
    target = collection("users")
    empty = {field.name: field.empty for field in target.fields}
    once = filled_in(Record(target, empty))
    assert len(once.id) == 15
    assert len(once.get("tokenKey")) == 50
    assert {**filled_in(once).values, "created": "", "updated": ""} == {
        **once.values,
        "created": "",
        "updated": "",
    }


def test_passwords_are_hashed_at_their_fields_cost_and_hashes_stay(blog: Engine) -> None:
    build({"name": "locks", "fields": [{"name": "code", "type": "password", "cost": 5}]})
    record = hashed(Record(collection("locks"), {"code": PlainPassword("open sesame")}))
    assert record.get("code").startswith("$2a$05$")
    assert password_matches("open sesame", record.get("code"))
    assert hashed(record) == record


def test_saving_answers_what_is_stored(blog: Engine) -> None:
    target = collection("authors")
    first = save_new(Record(target, {"id": "", "name": "n", "secret": ""}))
    second = save_changed(first, Record(target, {**first.values, "name": "m"}))
    assert (first.rev, second.rev, second.rowid) == (1, 2, first.rowid)


def test_tokens_are_void_after_a_new_email_or_password_only(blog: Engine) -> None:
    ann = add_user("ann")
    for name, value, is_void in (
        ("name", "x", False),
        ("email", "x@example.com", True),
        ("password", "h", True),
    ):
        after = renewed(ann, Record(ann.collection, {**ann.values, name: value}))
        assert (after.get("tokenKey") != ann.get("tokenKey")) is is_void
        assert len(after.get("tokenKey")) == 50


def test_being_verified_no_more_makes_nothing_void(blog: Engine) -> None:
    ann = add_user("ann", verified=True)
    for name in ATTACHED:
        add(name, collectionRef=ann.collection.id, recordRef=ann.id)
    after = save_changed(ann, ann.having(verified=False))
    assert len(find_attached(ann, ATTACHED, RelatedRecords())) == len(ATTACHED)
    assert after.get("tokenKey") == ann.get("tokenKey")
