"""/api/backups."""

import io
import zipfile

import pytest

from chalicelib.backups import moment
from chalicelib.backups.turn import MAKE, begin
from chalicelib.files.store import Store
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

BOUNDARY = "boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
EMPTY_ZIP = b"PK\x05\x06" + b"\0" * 18


def form(name: str, content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


UPLOAD = "/api/backups/upload"
WRONG = "Must be in a valid format."
BLANK = "Cannot be blank."
SCENARIOS = [
    Scenario("a guest lists", "GET", "/api/backups", status=401),
    Scenario("a guest makes one", "POST", "/api/backups", {"name": "a.zip"}, status=401),
    Scenario("a guest uploads", "POST", "/api/backups/upload", status=401),
    Scenario("a guest removes", "DELETE", "/api/backups/a.zip", status=401),
    Scenario("a guest restores", "POST", "/api/backups/a.zip/restore", status=401),
    Scenario("by header", "GET", "/api/backups/a.zip", by="root", status=403, has=("Insufficient",)),
    Scenario("none", "GET", "/api/backups", by="root", has=("[]",)),
    Scenario("a bad name", "POST", "/api/backups", {"name": "A.zip"}, by="root", status=400, has=(WRONG,)),
    Scenario("no text", "POST", "/api/backups", {"name": 5}, by="root", status=400, has=("loading the",)),
    Scenario("no file", "POST", "/api/backups/upload", {}, by="root", status=400, has=(BLANK,)),
    Scenario("no zip", "POST", UPLOAD, form("a.zip", b"text"), FORM, "root", 400, ("mime type",)),
    Scenario("two dots", "POST", UPLOAD, form("..", EMPTY_ZIP), FORM, "root", 400, ("exists",)),
    Scenario("a missing one goes", "DELETE", "/api/backups/a.zip", by="root", status=400, lacks=("Raw",)),
    Scenario("a missing one is back", "POST", "/api/backups/a.zip/restore", by="root", status=400),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_refusals(scenario: Scenario, gateway: Gateway, bucket: Store, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})
    assert list(bucket.list_keys("")) == []


def send(
    gateway: Gateway, superuser: Superuser, method: str, path: str, status: int = 204, **more: object
) -> bytes:
    headers = {"Authorization": superuser.token, **more.get("headers", {})}  # type: ignore[dict-item]
    found, _, raw = gateway.handle(method, path, headers, more.get("body", b""))  # type: ignore[arg-type]
    assert found == status, raw
    return raw


@pytest.fixture
def file_token(gateway: Gateway, superuser: Superuser) -> str:
    return str(send(gateway, superuser, "POST", "/api/files/token", 200), "utf-8").split('"')[3]


def test_uploaded_downloaded_and_removed(
    gateway: Gateway, bucket: Store, superuser: Superuser, file_token: str
) -> None:
    body = form('Mine "1".zip', EMPTY_ZIP).replace(b'Mine "1"', b"Mine 1")
    send(gateway, superuser, "POST", "/api/backups/upload", headers=FORM, body=body)
    send(gateway, superuser, "POST", "/api/backups/upload", 400, headers=FORM, body=body)
    assert b'"key":"Mine 1.zip","size":22' in send(gateway, superuser, "GET", "/api/backups", 200)
    status, headers, raw = gateway.handle("GET", f"/api/backups/Mine%201.zip?token={file_token}", {}, b"")
    assert (status, raw) == (200, EMPTY_ZIP)
    assert headers["Content-Type"] == "application/zip"
    assert headers["Content-Disposition"] == 'attachment; filename="Mine 1.zip"'
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert gateway.handle("GET", "/api/files/backups/x/Mine%201.zip", {}, b"")[0] == 404
    send(gateway, superuser, "DELETE", "/api/backups/Mine%201.zip")
    assert gateway.handle("GET", f"/api/backups/Mine%201.zip?token={file_token}", {}, b"")[0] == 404


def test_a_large_one_is_fetched_from_s3(gateway: Gateway, bucket: Store, file_token: str) -> None:
    bucket.put("backups/a.zip", b"x" * 5_000_000, "application/zip")
    status, headers, _ = gateway.handle("GET", f"/api/backups/a.zip?token={file_token}", {}, b"")
    assert status == 302
    assert "backups/a.zip" in headers["Location"] and "Signature" in headers["Location"]


def test_made_and_restored(
    gateway: Gateway, bucket: Store, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("AHEAD", 0), ("SETTLING", 0), ("MOST_SECONDS_SILENT", 0)):
        monkeypatch.setattr(moment, name, value)
    send(
        gateway,
        superuser,
        "POST",
        "/api/backups",
        body=b'{"name":"a.zip"}',
        headers={"Content-Type": "application/json"},
    )
    with zipfile.ZipFile(io.BytesIO(bucket.read("backups/a.zip"))) as archive:
        assert archive.namelist() == ["data.db", "auxiliary.db"]
    assert b'"canBackup":true' in send(gateway, superuser, "GET", "/api/health", 200)
    send(gateway, superuser, "POST", "/api/backups/a.zip/restore")
    assert b"_superusers" in send(
        gateway, superuser, "GET", "/api/collections", 200
    )  # the token is good still


def test_one_at_a_time(gateway: Gateway, bucket: Store, superuser: Superuser) -> None:
    begin(MAKE, "b.zip", 10)
    bucket.put("backups/a.zip", EMPTY_ZIP, "application/zip")
    for path in ("/api/backups", "/api/backups/a.zip/restore"):
        assert b"Try again later" in send(gateway, superuser, "POST", path, 400)
    assert b"currently being used" in send(gateway, superuser, "DELETE", "/api/backups/b.zip", 400)
    assert b'"canBackup":false' in send(gateway, superuser, "GET", "/api/health", 200)


def test_by_itself(gateway: Gateway, bucket: Store, superuser: Superuser) -> None:
    kind = {"Content-Type": "application/json"}
    send(gateway, superuser, "POST", "/api/crons/__pbAutoBackup__", 404)
    body = b'{"backups":{"cron":"0 3 * * *"}}'
    send(gateway, superuser, "PATCH", "/api/settings", 200, headers=kind, body=body)
    listed = send(gateway, superuser, "GET", "/api/crons", 200)
    assert listed.endswith(b'{"id":"__pbAutoBackup__","expression":"0 3 * * *"}]')
    send(gateway, superuser, "POST", "/api/crons/__pbAutoBackup__")
