"""Files in create and update: what is kept under which name, what is refused."""

import re

import pytest

from chalicelib.files.store import Store
from tests.api.files.conftest import Site, file_part, text_part
from tests.services.files.world import everything, kept_keys, named_keys, png, require_consistent

PAPERS = "/api/collections/papers/records"


def test_a_form(site: Site, bucket: Store) -> None:
    answered = site.send_form(
        "POST",
        PAPERS,
        text_part("title", "t"),
        file_part("one", "Hello World.TXT", b"hello"),
        file_part("many", "a.png", png()),
        file_part("many", "b", b"%PDF-1.4"),
        text_part("@jsonPayload", '{"title":"from JSON"}'),
    )
    assert answered.status == 200
    record = answered.json()
    assert record["title"] == "from JSON"
    assert re.fullmatch(r"hello_world_\w{10}\.TXT", record["one"])
    assert [name.rpartition(".")[2] for name in record["many"]] == ["png", "pdf"]
    held = bucket.find(f"papers_id/{record['id']}/{record['one']}")
    assert held is not None and held.media_type == "text/plain; charset=utf-8"
    require_consistent(bucket)


def test_modifiers(site: Site, bucket: Store) -> None:
    _, record, first = site.put_file("many", "first.txt", b"1")
    path = f"{PAPERS}/{record}"
    names = site.send_form("PATCH", path, file_part("many+", "second.txt", b"2")).json()["many"]
    assert names[0] == first
    names = site.send_form("PATCH", path, file_part("+many", "third.txt", b"3")).json()["many"]
    assert [name.split("_")[0] for name in names] == ["third", "first", "second"]
    names = site.send_json("PATCH", path, {"many-": [first]}).json()["many"]
    assert [name.split("_")[0] for name in names] == ["third", "second"]
    kept = site.send_json("PATCH", path, {"many": names[::-1]}).json()["many"]
    assert kept == names[::-1]
    mixed = site.send_form(
        "PATCH", path, text_part("many", names[0]), file_part("many", "fourth.txt", b"4")
    ).json()["many"]
    assert [name.split("_")[0] for name in mixed] == ["third", "fourth"]
    require_consistent(bucket)
    assert site.send_json("PATCH", path, {"many": []}).json()["many"] == []
    assert site.ask("DELETE", path).status == 204
    assert list(bucket.list_keys("")) == []


REFUSED = [
    ("too large", file_part("one", "a.bin", b"x" * 2_000_001), "one", "validation_file_size_limit"),
    (
        "not what it says",
        file_part("pic", "a.png", b"<html>", "image/png"),
        "pic",
        "validation_invalid_mime_type",
    ),
    ("a reserved name", file_part("one", "a.attrs", b"x"), "one", "validation_invalid_file"),
    ("too many", file_part("many", "a.txt", b"1") * 6, "many", "validation_too_many_files"),
    ("a name that is not there", text_part("one", "hello_0123456789.txt"), "one", "validation_invalid_file"),
    ("a path", text_part("one", "../../pages_id/x/y.txt"), "one", "validation_invalid_file"),
    ("no upload of ours", text_part("one", "upload:abc"), "one", "validation_invalid_file"),
]


@pytest.mark.parametrize(("name", "part", "field", "code"), REFUSED, ids=[each[0] for each in REFUSED])
def test_refused(site: Site, bucket: Store, name: str, part: bytes, field: str, code: str) -> None:
    answered = site.send_form("POST", PAPERS, part)
    assert answered.status == 400
    assert answered.json()["data"][field]["code"] == code
    assert kept_keys(bucket) == set()
    assert everything() == []


def test_a_picture_by_its_content(site: Site) -> None:
    assert site.put_file("pic", "whatever.html", png())[2].endswith(".html")


HOSTILE = [
    "../../../etc/passwd",
    "..%2f..%2fpasswd",
    "a\\..\\b.txt",
    "x" * 1000 + ".txt",
    "日本語😀.txt",
    "%0d%0aSet-Cookie: a=b.txt",
    "a\tb.txt",
    "con.txt ",
    "....",
    "<script>.svg",
    "a.b/../../c",
    "&#0;\u202egnp.exe",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(site: Site, bucket: Store, name: str) -> None:
    address, record, stored = site.put_file("many", name, b"content")
    assert re.fullmatch(r"[A-Za-z0-9_.*\-+=#]{10,140}", stored)
    assert kept_keys(bucket) == {f"papers_id/{record}/{stored}"}
    answered = site.get(address.replace("#", "%23"))
    assert (answered.status, answered.body) == (200, b"content")
    assert answered.headers["content-disposition"] == f'attachment; filename="{stored}"'
    assert not [value for value in answered.headers.values() if "\r" in value or "\n" in value]


def test_two_of_one_name_do_not_meet(site: Site, bucket: Store) -> None:
    part = file_part("many", "same.txt", b"1")
    names = site.send_form("POST", PAPERS, part, part).json()["many"]
    assert len(set(names)) == 2
    assert kept_keys(bucket) == named_keys(everything())


def test_who_may_not_write_leaves_nothing(site: Site, bucket: Store) -> None:
    part = file_part("doc", "a.txt", b"1")
    assert site.send_form("POST", "/api/collections/letters/records", part).status == 400
    assert site.send_form("POST", "/api/collections/vaults/records", part).status == 403
    assert list(bucket.list_keys("")) == []


def test_hidden_fields_are_superusers(site: Site, bucket: Store) -> None:
    part = file_part("inner", "a.txt", b"1")
    assert site.send_form("POST", PAPERS, part).status == 200
    assert kept_keys(bucket) == set()
    assert "inner" in site.send_form("POST", PAPERS, part, by="root").json()
    assert len(kept_keys(bucket)) == 1
