"""What a sign-in by a provider is answered with."""

from dataclasses import replace

from chalicelib.auth.oauth2.answer import describe_said, show_whole
from chalicelib.auth.oauth2.exchange import Grant
from chalicelib.auth.oauth2.users import User
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.record import Record

NOTES = Collection(
    id="notes",
    name="notes",
    fields=(FIELD_TYPES["text"](id="t1", name="secret", hidden=True),),
    columns={"t1": "c1"},
)
ADMINS = replace(NOTES, id="admins", name="_superusers", type="auth")


def test_all_that_was_said_and_no_secret_of_ours() -> None:
    said = describe_said(User("1", avatar_url="a"), Grant("token"), {"sub": "1"})
    assert (said["id"], said["avatarURL"], said["avatarUrl"], said["rawUser"]) == (
        "1",
        "a",
        "a",
        {"sub": "1"},
    )
    assert "avatar_url" not in said and said["accessToken"] == "token"


def test_hidden_fields_are_added_and_nothing_else_changes() -> None:
    """What the answer has already, such as what was expanded, stays as the record itself sees it."""
    record, root = Record(NOTES, {"id": "1", "secret": "s"}), Record(ADMINS, {"id": "a"})
    request = RequestInfo(auth=root, query={"expand": "nothing"})
    answered = {"record": {"id": "1", "expand": {"x": 1}}, "token": "t"}
    shown = show_whole(answered, record, request, RelatedRecords(Catalog([NOTES, ADMINS])))
    assert shown["record"]["secret"] == "s" and shown["record"]["expand"] == {"x": 1}
    assert shown["token"] == "t" and "secret" not in answered["record"]
