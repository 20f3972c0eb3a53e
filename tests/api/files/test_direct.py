"""POST /api/collections/{collection}/uploads, and records that take what was uploaded."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.files.store import Missing, Store
from tests.api.files.conftest import Site
from tests.services.files.world import everything, kept_keys, png, require_consistent
from tests.services.records.world import change_collection

PAPERS, UPLOADS = "/api/collections/papers/records", "/api/collections/papers/uploads"


def invite(site: Site, field: str = "one", name: str = "Big File.txt", **more: str) -> dict[str, Any]:
    answered = site.send_json("POST", UPLOADS, {"field": field, "name": name, **more})
    assert answered.status == 200, answered.body
    found: dict[str, Any] = answered.json()
    return found


def sent(site: Site, bucket: Store, content: bytes = b"hello world", **wanted: str) -> str:
    """What stands for a file that a client has sent."""
    invited = invite(site, **wanted)
    bucket.put(invited["fields"]["key"], content, "whatever/the-client-says")
    return str(invited["upload"])


def create(site: Site, **values: Any) -> Any:
    return site.send_json("POST", PAPERS, values)


def uploads_left(bucket: Store) -> list[str]:
    return list(bucket.list_keys("uploads/"))


def test_an_invitation(site: Site) -> None:
    invited = invite(site)
    assert set(invited) == {"url", "fields", "upload", "expires"}
    key = invited["fields"]["key"]
    assert re.fullmatch(r"uploads/papers_id/[a-z0-9]{30}", key)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", invited["expires"])
    policy = json.loads(base64.b64decode(invited["fields"]["policy"]))
    assert ["content-length-range", 0, 2_000_000] in policy["conditions"]
    assert {"key": key} in policy["conditions"]
    assert {"bucket": "quoll-test-files"} in policy["conditions"]
    assert invite(site)["fields"]["key"] != key


def test_a_type_is_part_of_it(site: Site) -> None:
    invited = invite(site, "pic", "a.png", type="image/png")
    assert invited["fields"]["Content-Type"] == "image/png"
    policy = json.loads(base64.b64decode(invited["fields"]["policy"]))
    assert {"Content-Type": "image/png"} in policy["conditions"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "a"}, "field", "validation_required"),
    ({"field": "title", "name": "a"}, "field", "validation_unknown_field"),
    ({"field": "inner", "name": "a"}, "field", "validation_unknown_field"),
    ({"field": ["one"], "name": "a"}, "field", "validation_unknown_field"),
    ({"field": "one"}, "name", "validation_required"),
    ({"field": "one", "name": ""}, "name", "validation_required"),
    ({"field": "one", "name": 5}, "name", "validation_invalid_text"),
    ({"field": "one", "name": "x" * 256}, "name", "validation_invalid_text"),
    ({"field": "pic", "name": "a.png"}, "type", "validation_invalid_mime_type"),
    ({"field": "pic", "name": "a.png", "type": "text/html"}, "type", "validation_invalid_mime_type"),
    ({"field": "one", "name": "a", "type": {"a": 1}}, "type", "validation_invalid_text"),
]


@pytest.mark.parametrize(("body", "field", "code"), REFUSED)
def test_refused(site: Site, body: dict[str, Any], field: str, code: str) -> None:
    answered = site.send_json("POST", UPLOADS, body)
    assert answered.status == 400
    assert answered.json()["data"][field]["code"] == code


@pytest.mark.parametrize(
    ("where", "by", "status"),
    [
        ("nope", "root", 404),
        ("vaults", "", 403),
        ("vaults", "ann", 403),
        ("vaults", "root", 200),
        ("letters", "", 403),  # the rule wants somebody signed in
        ("letters", "ann", 200),
    ],
)
def test_who_may(site: Site, where: str, by: str, status: int) -> None:
    body = {"field": "doc", "name": "a.txt"}
    assert site.send_json("POST", f"/api/collections/{where}/uploads", body, by=by).status == status


def test_a_superuser_may_for_hidden_fields(site: Site) -> None:
    body = {"field": "inner", "name": "a.txt"}
    assert site.send_json("POST", UPLOADS, body, by="root").status == 200


def test_a_record_takes_it(site: Site, bucket: Store) -> None:
    answered = create(site, one=sent(site, bucket))
    assert answered.status == 200, answered.body
    record = answered.json()
    assert re.fullmatch(r"big_file_\w{10}\.txt", record["one"])
    held = bucket.find(f"papers_id/{record['id']}/{record['one']}")
    assert held is not None and (held.size, held.media_type) == (11, "text/plain; charset=utf-8")
    assert site.get(f"/api/files/papers/{record['id']}/{record['one']}").body == b"hello world"
    assert uploads_left(bucket) == []
    require_consistent(bucket)


def test_several_and_modifiers(site: Site, bucket: Store) -> None:
    texts = [sent(site, bucket, field="many", name=f"{name}.txt") for name in ("aaa", "bbb", "ccc")]
    record = create(site, many=texts[:2]).json()
    path = f"{PAPERS}/{record['id']}"
    names = site.send_json("PATCH", path, {"+many": texts[2]}).json()["many"]
    assert [name.split("_")[0] for name in names] == ["ccc", "aaa", "bbb"]
    require_consistent(bucket)
    assert uploads_left(bucket) == []


def test_an_empty_one(site: Site, bucket: Store) -> None:
    assert create(site, one=sent(site, bucket, b"")).status == 200


def test_by_its_content(site: Site, bucket: Store) -> None:
    """The type that was said is S3's business; what the field lists is asked of the content."""
    good = sent(site, bucket, png(), field="pic", name="a", type="image/png")
    assert create(site, pic=good).json()["pic"].endswith(".png")
    bad = sent(site, bucket, b"<html>", field="pic", name="a", type="image/png")
    answered = create(site, pic=bad)
    assert answered.json()["data"]["pic"]["code"] == "validation_invalid_mime_type"
    assert len(uploads_left(bucket)) == 1  # until S3 drops it: the client may look into it


def test_by_its_size(site: Site, bucket: Store) -> None:
    large = sent(site, bucket, b"x" * 2_000_001)
    assert create(site, one=large).json()["data"]["one"]["code"] == "validation_file_size_limit"


def forged(text: str) -> str:
    return text[:-3] + ("aaa" if not text.endswith("aaa") else "bbb")


NOT_TAKEN: dict[str, Callable[[Site, Store], dict[str, Any]]] = {
    "not sent yet": lambda site, bucket: {"one": invite(site)["upload"]},
    "forged": lambda site, bucket: {"one": forged(sent(site, bucket))},
    "another field's": lambda site, bucket: {"one": sent(site, bucket, field="many")},
    "a key": lambda site, bucket: {"one": invite(site)["fields"]["key"]},
    "too many": lambda site, bucket: {"many": [f"upload:{number}" for number in range(1000)]},
    "one among others": lambda site, bucket: {"many": [sent(site, bucket, field="many"), "upload:"]},
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_not_taken(site: Site, bucket: Store, name: str) -> None:
    body = NOT_TAKEN[name](site, bucket)
    before = uploads_left(bucket)
    answered = create(site, **body)
    assert answered.status == 400
    (problem,) = answered.json()["data"].values()
    assert problem["code"] == "validation_invalid_file"
    assert everything() == [] and kept_keys(bucket) == set()
    assert uploads_left(bucket) == before


def test_another_collections(site: Site, bucket: Store) -> None:
    text = sent(site, bucket, field="one")
    answered = site.send_json("POST", "/api/collections/vaults/records", {"doc": text}, by="root")
    assert answered.json()["data"]["doc"]["code"] == "validation_invalid_file"


def test_too_old(site: Site, bucket: Store, wait_minutes: Callable[[int], None]) -> None:
    text = sent(site, bucket)
    wait_minutes(24 * 60 + 1)
    assert create(site, one=text).json()["data"]["one"]["code"] == "validation_invalid_file"


def test_taken_once(site: Site, bucket: Store) -> None:
    text = sent(site, bucket)
    assert create(site, one=text).status == 200
    assert create(site, one=text).json()["data"]["one"]["code"] == "validation_invalid_file"


def test_what_was_looked_at_is_what_is_taken(site: Site, bucket: Store) -> None:
    """The address is good for some minutes: who sends other content after the look gets nothing."""
    invited = invite(site, "pic", "a.png", type="image/png")
    key = invited["fields"]["key"]
    looked_at = bucket.put(key, png(), "image/png")
    send = bucket.send

    def exchanging(operation: str, arguments: Any) -> Any:
        if operation == "CopyObject":  # what S3 does, and the one in process does not
            bucket.send = send
            assert arguments["CopySourceIfMatch"] == looked_at
            assert bucket.put(key, b"<html>", "image/png") != looked_at
            raise Missing
        return send(operation, arguments)

    bucket.send = exchanging
    answered = create(site, pic=invited["upload"])
    assert answered.status == 400
    assert "upload it again" in answered.json()["message"]
    assert everything() == []
    require_consistent(bucket)


@pytest.mark.parametrize("name", ["a\r\nx-amz-acl: public-read", "日本" * 100, "\x00\x01", " ", "../../x"])
def test_hostile_names(site: Site, bucket: Store, name: str) -> None:
    answered = create(site, one=sent(site, bucket, name=name))
    assert answered.status == 200, answered.body
    assert re.fullmatch(r"[a-z0-9_]+(\.\w+)?", answered.json()["one"])
    require_consistent(bucket)


def test_rules_see_it_as_a_file(site: Site, bucket: Store) -> None:
    change_collection("papers", createRule="@request.body.one.size = 11 && @request.body.one.name ~ 'big'")
    assert create(site, one=sent(site, bucket)).status == 200
    assert create(site, one=sent(site, bucket, b"short")).status == 400


def test_a_batch_takes_them(site: Site, bucket: Store) -> None:
    site.send_json("PATCH", "/api/settings", {"batch": {"enabled": True, "timeout": 25}}, by="root")
    several = [
        {"method": "PUT", "url": PAPERS, "body": {"id": "c" * 15, "one": sent(site, bucket)}},
        {
            "method": "PATCH",
            "url": f"{PAPERS}/{'c' * 15}",
            "body": {"many+": sent(site, bucket, field="many")},
        },
    ]
    forged = {"method": "POST", "url": PAPERS, "body": {"one": "upload:forged"}}
    refused = site.send_json("POST", "/api/batch", {"requests": [*several, forged]})
    assert (
        refused.json()["data"]["requests"]["2"]["response"]["data"]["one"]["code"]
        == "validation_invalid_file"
    )
    assert (len(uploads_left(bucket)), kept_keys(bucket)) == (2, set())
    assert site.send_json("POST", "/api/batch", {"requests": several}).status == 200
    assert (len(uploads_left(bucket)), len(kept_keys(bucket))) == (0, 2)
    require_consistent(bucket)
