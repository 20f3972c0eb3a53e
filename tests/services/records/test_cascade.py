"""What a deletion comes to, decided without writing."""

import pytest

from chalicelib.records.cascade import RequiredReference, plan_removal
from chalicelib.records.reach import referring_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.storage.engine import Engine
from chalicelib.storage.transactions import Delete, Update
from tests.services.records.world import add, build, collection, relation, text

A, B = "a" * 15, "b" * 15


def test_references_come_by_collection_name_and_field_order(blog: Engine) -> None:
    found = [
        (holder.name, field.name)
        for holder, field in referring_fields(collection("authors"), RelatedRecords().catalog)
    ]
    assert found == [
        ("comments", "by"),
        ("notes", "author"),
        ("posts", "author"),
        ("profiles", "author"),
        ("reviews", "author"),
        ("safes", "author"),
    ]


def test_it_writes_nothing_and_changes_each_record_once(blog: Engine) -> None:
    ann = add("authors", id=A, name="a")
    build(
        {"name": "duos", "fields": [relation("one", "authors_id"), relation("two", "authors_id"), text("t")]}
    )
    duo = add("duos", one=A, two=A, t="kept")
    blog.calls.reset()
    changes = plan_removal([ann], RelatedRecords())
    assert [type(change) for change in changes] == [Update, Delete]
    update = changes[0]
    assert isinstance(update, Update)
    assert update.before == duo
    assert {**update.after.values} == {"id": duo.id, "one": "", "two": "", "t": "kept"}
    assert not {"PutItem", "DeleteItem", "TransactWriteItems"} & blog.calls.by_operation.keys()


def test_removing_several_decides_on_all_of_them_together(blog: Engine) -> None:
    authors = [add("authors", id=each, name=each) for each in (A, B)]
    add("reviews", author=A)
    with pytest.raises(RequiredReference):
        plan_removal(authors, RelatedRecords())


def test_a_long_chain_of_cascades_is_no_deep_recursion(blog: Engine) -> None:
    build({"name": "links", "fields": [text("name")]})
    own = [field.to_json() for field in collection("links").fields]
    from_here = [*own, relation("before", "links_id", cascadeDelete=True)]
    build({"name": "links", "fields": from_here})
    records = [add("links", name="first")]
    for _ in range(300):
        records.append(add("links", before=records[-1].id))
    assert len(plan_removal(records[:1], RelatedRecords())) == 301
