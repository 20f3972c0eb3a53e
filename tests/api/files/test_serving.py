"""GET and HEAD /api/files/{collection}/{record}/{filename}."""

import io

import pytest
from PIL import Image

from chalicelib.files.answer import MOST_BYTES, SANDBOX
from chalicelib.files.store import Store
from tests.api.files.conftest import Site
from tests.services.files.world import picture, png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_whole(site: Site) -> None:
    address, _, name = site.put_file("many", "hello.txt", b"hello world")
    answered = site.get(address)
    assert (answered.status, answered.body) == (200, b"hello world")
    headers = answered.headers
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["content-disposition"] == f'attachment; filename="{name}"'
    assert headers["content-security-policy"] == SANDBOX
    assert headers["cache-control"] == "max-age=2592000, stale-while-revalidate=86400"
    assert headers["accept-ranges"] == "bytes"
    assert headers["x-content-type-options"] == "nosniff"
    assert "x-frame-options" not in headers


def test_head_reads_nothing(site: Site, bucket: Store) -> None:
    address, *_ = site.put_file("many", "hello.txt", b"hello world")
    asked = []
    send = bucket.send
    bucket.send = lambda operation, arguments: (asked.append(operation), send(operation, arguments))[1]
    answered = site.ask("HEAD", address)
    assert (answered.status, answered.body) == (200, b"")
    assert answered.headers["content-length"] == "11"
    assert asked == ["HeadObject"]
    part = site.ask("HEAD", address, Range="bytes=2-5")
    assert (part.status, part.headers["content-length"]) == (206, "4")
    assert part.headers["content-range"] == "bytes 2-5/11"


PARTS = [
    ("bytes=2-5", 206, b"llo ", "bytes 2-5/11"),
    ("bytes=-3", 206, b"rld", "bytes 8-10/11"),
    ("bytes=6-", 206, b"world", "bytes 6-10/11"),
    ("bytes=50-60", 416, b"invalid range: failed to overlap\n", "bytes */11"),
    ("items=1", 416, b"invalid range\n", None),
]


@pytest.mark.parametrize(("header", "status", "body", "described"), PARTS)
def test_parts(site: Site, header: str, status: int, body: bytes, described: str | None) -> None:
    address, *_ = site.put_file("many", "hello.txt", b"hello world")
    answered = site.get(address, Range=header)
    assert (answered.status, answered.body) == (status, body)
    assert answered.headers.get("content-range") == described


def test_several_parts(site: Site) -> None:
    address, *_ = site.put_file("many", "hello.txt", b"hello world")
    answered = site.get(address, Range="bytes=0-1,3-4")
    kind, _, boundary = answered.headers["content-type"].partition("; boundary=")
    assert (answered.status, kind) == (206, "multipart/byteranges")
    parts = answered.body.split(f"--{boundary}".encode())
    assert [part.rpartition(b"\r\n\r\n")[2].strip() for part in parts[1:-1]] == [b"he", b"lo"]


def test_what_the_client_has(site: Site) -> None:
    address, *_ = site.put_file("many", "hello.txt", b"hello world")
    first = site.get(address).headers
    for headers in ({"If_None_Match": first["etag"]}, {"If_Modified_Since": first["last-modified"]}):
        answered = site.get(address, **headers)
        assert (answered.status, answered.body) == (304, b"")
        assert answered.headers["etag"] == first["etag"]
    assert site.get(address, If_Match='"other"').status == 412
    for headers in ({"If_None_Match": "*"}, {"If_Match": '"other"'}):
        assert "content-length" not in site.ask("HEAD", address, **headers).headers


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("page.html", b"<html><script>alert(1)</script>", "text/html; charset=utf-8"),
        ("drawing.svg", SVG, "image/svg+xml"),
        ("picture.png", b"<html><script>alert(1)</script>", "text/html; charset=utf-8"),
        ("script.js", b"alert(1)", "text/javascript"),
        ("gif.html", b"GIF89a/*<script>*/=1", "image/gif"),
    ],
)
def test_what_could_run_is_shut_in(site: Site, name: str, content: bytes, media_type: str) -> None:
    """Whatever a file pretends to be: a sandbox without scripts, and its type is what its content says."""
    address, _, stored = site.put_file("many", name, content)
    headers = site.get(address).headers
    assert headers["content-security-policy"] == SANDBOX
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"] == media_type
    kind = "inline" if media_type == "image/gif" else "attachment"
    assert headers["content-disposition"] == f'{kind}; filename="{stored}"'


@pytest.mark.parametrize(
    ("query", "kind"), [("", "inline"), ("?download=1", "attachment"), ("?download=0", "inline")]
)
def test_download(site: Site, query: str, kind: str) -> None:
    address, *_ = site.put_file("many", "a.png", png())
    assert site.get(address + query).headers["content-disposition"].startswith(kind)


def test_a_large_file_is_elsewhere(site: Site, bucket: Store) -> None:
    content = b"x" * (MOST_BYTES + 1)
    address, record, name = site.put_file("many", "large.txt", content)
    answered = site.get(address)
    assert (answered.status, answered.body) == (302, b"")
    assert answered.headers["cache-control"] == "no-store"
    link = answered.headers["location"]
    assert f"/papers_id/{record}/{name}" in link
    for told in ("X-Amz-Expires=300", "X-Amz-Signature=", "response-content-disposition=attachment"):
        assert told in link
    assert site.ask("HEAD", address).headers["content-length"] == str(len(content))
    assert site.get(address, Range="bytes=0-9").body == b"x" * 10
    assert site.get(address, Range="bytes=0-").status == 302
    assert site.get(address, Range="bytes=1-").status == 206


MISSING = [
    "/api/files/papers/{id}/nope.txt",
    "/api/files/papers/zzzzzzzzzzzzzzz/{name}",
    "/api/files/nope/{id}/{name}",
    "/api/files/pages/{id}/{name}",
    "/api/files/papers/{id}/..%2f{id}%2f{name}",
    "/api/files/papers/{id}/thumbs_{name}%2f20x10_{name}",
]


@pytest.mark.parametrize("path", MISSING)
def test_missing(site: Site, path: str) -> None:
    _, record, name = site.put_file("many", "hello.txt", b"hello world")
    answered = site.get(path.replace("{id}", record).replace("{name}", name))
    assert answered.status == 404
    assert answered.json()["status"] == 404


def test_a_file_that_is_lost_is_a_404(site: Site, bucket: Store) -> None:
    address, record, name = site.put_file("many", "hello.txt", b"hello world")
    bucket.remove([f"papers_id/{record}/{name}"])
    assert site.get(address).status == 404


def thumb(site: Site, address: str, size: str) -> tuple[int, int]:
    answered = site.get(f"{address}?thumb={size}")
    assert answered.status == 200
    return Image.open(io.BytesIO(answered.body)).size


def test_thumbs(site: Site, bucket: Store) -> None:
    address, record, name = site.put_file("many", "a.png", png(100, 60))
    assert thumb(site, address, "20x10") == (20, 10)
    assert thumb(site, address, "20x10f") == (16, 10)
    assert thumb(site, address, "100x100") == (100, 100)  # always there
    assert thumb(site, address, "33x33") == (100, 60)  # not listed: the picture itself
    assert thumb(site, address, "0x0") == (100, 60)
    thumbs = {key for key in bucket.list_keys("") if "/thumbs_" in key}
    assert thumbs == {
        f"papers_id/{record}/thumbs_{name}/{size}_{name}" for size in ("20x10", "20x10f", "100x100")
    }
    headers = [site.get(f"{address}?thumb=20x10").headers for _ in range(2)]
    assert headers[0]["content-disposition"] == f'inline; filename="20x10_{name}"'
    assert headers[0] == headers[1]


def test_a_thumb_made_and_kept_look_alike(site: Site) -> None:
    address, *_ = site.put_file("many", "a.jpg", picture("JPEG", 100, 60))
    first, second = (site.get(f"{address}?thumb=20x10") for _ in range(2))
    assert first.body == second.body
    unlike = {"x-quoll-cost", "last-modified"}  # the second may have passed meanwhile
    assert {k: v for k, v in first.headers.items() if k not in unlike} == {
        k: v for k, v in second.headers.items() if k not in unlike
    }


def test_a_broken_picture_is_shown_as_it_is(site: Site, bucket: Store) -> None:
    broken = png()[:40]
    address, *_ = site.put_file("many", "a.png", broken)
    assert site.get(f"{address}?thumb=20x10").body == broken
    assert not [key for key in bucket.list_keys("") if "/thumbs_" in key]


def test_a_text_has_no_thumb(site: Site) -> None:
    address, *_ = site.put_file("many", "a.txt", b"hello")
    assert site.get(f"{address}?thumb=20x10").body == b"hello"


def test_a_thumb_of_a_file_that_goes_meanwhile_goes_too(site: Site, bucket: Store) -> None:
    """The file, and the thumbs that there were, are removed just before the new thumb is put."""
    address, record, _ = site.put_file("many", "a.png", png())
    send = bucket.send

    def slow(operation: str, arguments: object) -> dict[str, object]:
        if operation == "PutObject":
            bucket.send = send
            assert site.ask("DELETE", f"/api/collections/papers/records/{record}").status == 204
        return send(operation, arguments)  # type: ignore[arg-type]

    bucket.send = slow
    assert site.get(f"{address}?thumb=20x10").status == 200
    assert list(bucket.list_keys("")) == []


def test_calls_are_told(site: Site) -> None:
    """Looks and reads; a thumb is looked for, made from its picture, put, and the picture looked at again."""
    address, *_ = site.put_file("many", "a.png", png())
    asked = {
        query: [site.get(address + query).headers["x-quoll-cost"] for _ in range(2)]
        for query in ("", "?thumb=20x10")
    }
    assert all("s3=2" in cost and "read=" in cost for cost in (*asked[""], asked["?thumb=20x10"][1]))
    assert "s3=5" in asked["?thumb=20x10"][0]
