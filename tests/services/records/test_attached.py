"""What hangs on an auth record."""

import pytest

from chalicelib.records.attached import ATTACHED, check_attachment, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, collection


def test_only_what_names_both_collection_and_record(blog: Engine) -> None:
    ann = add_user("ann")
    mine = add("_otps", collectionRef=ann.collection.id, recordRef=ann.id, password="x")
    add("_otps", collectionRef="other", recordRef=ann.id, password="x")
    add("_otps", collectionRef=ann.collection.id, recordRef="other", password="x")
    assert find_attached(ann, ATTACHED, RelatedRecords()) == [mine]
    assert find_attached(ann, ["_mfas"], RelatedRecords()) == []


@pytest.mark.parametrize("name", ATTACHED)
@pytest.mark.parametrize(
    ("collection_ref", "record_ref", "code"),
    [
        ("_pb_users_auth_", "ann", None),
        ("_pb_users_auth_", "nobody", ("recordRef", "validation_invalid_record")),
        ("users", "ann", ("collectionRef", "validation_invalid_collection_id")),
        ("tags_id", "ann", ("collectionRef", "validation_invalid_collection_id")),
        ("nowhere", "ann", ("collectionRef", "validation_invalid_collection_id")),
    ],
)
def test_it_must_hang_on_an_auth_record(
    blog: Engine, name: str, collection_ref: str, record_ref: str, code: tuple[str, str] | None
) -> None:
    ann = add_user("ann")
    owner = {"collectionRef": collection_ref, "recordRef": ann.id if record_ref == "ann" else record_ref}
    values = {**owner, "provider": "google"}
    problems = check_attachment(Record(collection(name), values), RelatedRecords())
    assert {key: problem.code for key, problem in problems.items()} == dict([code] if code else [])  # type: ignore[union-attr]


def test_other_collections_may_have_such_fields(blog: Engine) -> None:
    assert check_attachment(Record(collection("tags"), {"collectionRef": "x"}), RelatedRecords()) == {}


@pytest.mark.parametrize(("provider", "wrong"), [("google", []), ("oidc2", []), ("nobody", ["provider"])])
def test_a_link_names_a_provider_that_is_known(blog: Engine, provider: str, wrong: list[str]) -> None:
    ann = add_user("ann")
    owner = {"collectionRef": ann.collection.id, "recordRef": ann.id}
    record = Record(collection("_externalAuths"), {**owner, "provider": provider})
    assert list(check_attachment(record, RelatedRecords())) == wrong
