"""What each route is for: requests that are meant well, and in the hostile world (hostile_world.py) succeed.

`<name>` stands for one of the world's names, so that a request brings what is there: tokens, ids, files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COLLECTIONS = "/api/collections"
USERS, POSTS = f"{COLLECTIONS}/users", f"{COLLECTIONS}/posts"
POST, ANN = f"{POSTS}/records/<post>", f"{USERS}/records/<ann>"
NEW = {"password": "12345678", "passwordConfirm": "12345678"}
TITLE = {"name": "title", "type": "text", "max": 20}
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
EMPTY_ZIP = b"PK\x05\x06" + b"\0" * 18


@dataclass(frozen=True)
class Meant:
    """A request; `by` names whose token goes along, `files` makes a form of it. Bodies are JSON else.

    `refused` is for what cannot succeed without another server.
    """

    method: str
    path: str
    body: Any = None
    by: str = "root"
    query: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[tuple[str, str, bytes]] = ()
    refused: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path} by {self.by or 'a guest'}"


def _sign_in(action: str, body: Mapping[str, Any], by: str = "") -> Meant:
    return Meant("POST", f"{USERS}/{action}", body, by)


def _of_batch(*several: Mapping[str, Any]) -> dict[str, Any]:
    return {"requests": list(several)}


RECORD = {
    "title": "a", "count": 1, "tags": ["a"], "data": {"a": [1]}, "place": {"lon": 1, "lat": 2}, "on": True,
    "due": "2026-01-02 03:04:05.000Z", "email": "a@b.example", "url": "https://b.example", "owner": "<ann>",
    "text": "<p>a</p>",
}  # fmt: skip
POST_URL = "/api/collections/posts/records"
SEVERAL = (
    {"method": "POST", "url": f"{POST_URL}?fields=id", "body": {"title": "b", "id": "b" * 15}},
    {"method": "PATCH", "url": f"{POST_URL}/<post>", "body": {"title": "c", "count+": 2, "tags+": "b"}},
    {"method": "PUT", "url": f"{POST_URL}?expand=owner", "body": {"id": "<post>", "owner": "<ann>"}},
    {"method": "DELETE", "url": f"{POST_URL}/<other>"},
)
DEFINITION = {
    "name": "made",
    "type": "base",
    "fields": [
        TITLE,
        {
            "name": "owner",
            "type": "relation",
            "collectionId": "<users>",
            "maxSelect": 2,
            "cascadeDelete": True,
        },
        {"name": "kind", "type": "select", "values": ["a", "b"]},
        {"name": "doc", "type": "file", "mimeTypes": ["text/plain"], "thumbs": ["10x10"]},
        {"name": "at", "type": "autodate", "onCreate": True},
    ],
    "indexes": ["CREATE UNIQUE INDEX idx_made ON made (title)"],
    "listRule": "owner.id ?= @request.auth.id && @request.query.a:isset = false",
}
VIEW = {
    "name": "made",
    "type": "view",
    "viewQuery": "select id, title, count(id) as c from posts group by id",
}
MEMBERS = {
    "name": "made",
    "type": "auth",
    "passwordAuth": {"enabled": True, "identityFields": ["email"]},
    "oauth2": {"enabled": True, "providers": [{"name": "github", "clientId": "a", "clientSecret": "b"}]},
    "mfa": {"enabled": True, "duration": 100, "rule": "verified = true"},
    "otp": {"enabled": True, "duration": 100, "length": 8},
    "authToken": {"duration": 1000},
    "verificationTemplate": {"subject": "Hello {APP_NAME}", "body": "<a href='{APP_URL}/{TOKEN}'>here</a>"},
}
SETTINGS = {
    "meta": {
        "appName": "a",
        "appURL": "https://a.example",
        "senderName": "a",
        "senderAddress": "a@a.example",
    },
    "batch": {"enabled": True, "maxRequests": 5, "timeout": 3},
    "logs": {"maxDays": 1, "minLevel": 4, "logIP": False},
    "backups": {"cron": "0 0 * * *", "cronMaxKeep": 2},
    "trustedProxy": {"headers": ["X-Real-IP"], "useLeftmostIP": True},
    "rateLimits": {"enabled": False, "rules": [{"label": "*:auth", "duration": 3, "maxRequests": 2}]},
    "superuserIPs": ["127.0.0.1", "::1", "10.0.0.0/8"],
    "smtp": {"enabled": False, "host": "127.0.0.1", "port": 1, "username": "a", "password": "b"},
    "s3": {"enabled": False, "endpoint": "http://127.0.0.1:1", "bucket": "a", "region": "b", "secret": "c"},
}
OIDC = {
    "provider": "oidc",
    "code": "sub=1&email=n%40example.com&email_verified=true",
    "codeVerifier": "v",
    "redirectURL": "https://a.example",
    "createData": {"name": "a", "emailVisibility": True},
}
FILE = "/api/files/posts/<post>/<file>"

MEANT: Sequence[Meant] = (
    Meant("GET", "/api/health"),
    Meant("GET", "/api/backups"),
    Meant("POST", "/api/backups", {"name": "mine.zip"}),
    Meant("POST", "/api/backups", {}),
    Meant("POST", "/api/backups/upload", files=[("file", "up.zip", EMPTY_ZIP)]),
    Meant("GET", "/api/backups/a.zip", query={"token": "<rootfile>"}),
    Meant("DELETE", "/api/backups/a.zip"),
    Meant("POST", "/api/backups/a.zip/restore"),
    Meant("POST", "/api/batch", _of_batch(*SEVERAL), "ann"),
    Meant("POST", "/api/batch", _of_batch(*SEVERAL[:2]), "root", {"fields": "status,body.title"}),
    Meant(
        "POST", "/api/batch", _of_batch(*SEVERAL[:2]), "ann", files=[("requests.0.file", "a.txt", b"text")]
    ),
    Meant("GET", COLLECTIONS, query={"sort": "-name", "filter": "system = true"}),
    Meant("POST", COLLECTIONS, DEFINITION),
    Meant("POST", COLLECTIONS, VIEW),
    Meant("POST", COLLECTIONS, MEMBERS),
    Meant("PUT", f"{COLLECTIONS}/import", {"collections": [DEFINITION], "deleteMissing": False}),
    Meant("PUT", f"{COLLECTIONS}/import", {"collections": [VIEW, {**MEMBERS, "name": "members"}]}),
    Meant(
        "PUT",
        f"{COLLECTIONS}/import",
        {"collections": [{"name": "bare", "fields": [TITLE]}], "deleteMissing": True},
    ),
    Meant("POST", f"{COLLECTIONS}/meta/dry-run-view", {"query": "select id, title from posts limit 3"}),
    Meant("GET", f"{COLLECTIONS}/meta/oauth2-providers"),
    Meant("GET", f"{COLLECTIONS}/meta/scaffolds"),
    Meant("GET", POSTS),
    Meant(
        "PATCH", POSTS, {"indexes": [], "listRule": "title != ''", "createRule": "@request.body.title != ''"}
    ),
    Meant(
        "PATCH", f"{COLLECTIONS}/bare", {"fields": [{"name": "other", "type": "text"}], "name": "articles"}
    ),
    Meant("PATCH", USERS, {key: value for key, value in MEMBERS.items() if key not in ("name", "type")}),
    Meant("PATCH", f"{COLLECTIONS}/seen", {"viewQuery": "select id, owner from posts where count > 0"}),
    Meant("DELETE", f"{COLLECTIONS}/bare"),
    Meant("GET", f"{USERS}/auth-methods", by=""),
    _sign_in("auth-refresh", {}, "ann"),
    _sign_in("auth-with-oauth2", OIDC),
    _sign_in("auth-with-oauth2", {**OIDC, "code": "sub=2&email=a%40example.com"}, "ann"),
    _sign_in("auth-with-otp", {"otpId": "<otp>", "password": "12345678"}),
    _sign_in("auth-with-password", {"identity": "a@example.com", "password": "12345678"}),
    _sign_in("auth-with-password", {"identity": "a@example.com", "password": "12345678", "mfaId": "<mfa>"}),
    _sign_in("confirm-email-change", {"token": "<emailChange>", "password": "12345678"}),
    _sign_in("confirm-password-reset", {"token": "<passwordReset>", **NEW}),
    _sign_in("confirm-verification", {"token": "<verification>"}),
    _sign_in("request-email-change", {"newEmail": "new@example.com"}, "ann"),
    _sign_in("request-otp", {"email": "a@example.com"}),
    _sign_in("request-password-reset", {"email": "a@example.com"}),
    _sign_in("request-verification", {"email": "a@example.com"}),
    Meant("POST", f"{USERS}/impersonate/<ann>", {"duration": 60}),
    Meant("GET", f"{POSTS}/explain", query={"filter": "title = 'a'", "sort": "-count"}),
    Meant(
        "GET", f"{POSTS}/records", by="", query={"filter": "title ~ 'a'", "sort": "-count", "expand": "owner"}
    ),
    Meant("GET", f"{COLLECTIONS}/seen/records", query={"filter": "c > 0 && title = 'a'", "sort": "-c"}),
    Meant("GET", f"{USERS}/records", by="ann", query={"expand": "posts_via_owner"}),
    Meant("GET", f"{COLLECTIONS}/_otps/records"),
    Meant("POST", f"{POSTS}/records", RECORD, "ann"),
    Meant("POST", f"{POSTS}/records", {**RECORD, "file": ["<upload>"]}, "ann"),
    Meant("POST", f"{POSTS}/records", RECORD, files=[("file", "a.txt", b"text"), ("file", "b.png", PICTURE)]),
    Meant("POST", f"{USERS}/records", {"email": "c@example.com", "name": "c", **NEW}, ""),
    Meant("POST", f"{COLLECTIONS}/_superusers/records", {"email": "c@example.com", **NEW}),
    Meant("GET", POST, by="ann", query={"expand": "owner", "fields": "*,expand.owner.id"}),
    Meant("GET", f"{COLLECTIONS}/seen/records/<post>"),
    Meant("PATCH", POST, {"title+": "b", "count-": 1, "tags-": "a", "+file": "<upload>"}, "ann"),
    Meant("PATCH", POST, {"file-": ["<file>"]}, "ann", files=[("file+", "c.gif", b"GIF89a")]),
    Meant(
        "PATCH",
        ANN,
        {"oldPassword": "12345678", "password": "87654321", "passwordConfirm": "87654321"},
        "ann",
    ),
    Meant("PATCH", ANN, {"email": "d@example.com", "verified": True, "tokenKey": "t" * 40}),
    Meant("DELETE", POST, by="ann"),
    Meant("DELETE", ANN),
    Meant("DELETE", f"{POSTS}/truncate"),
    Meant("POST", f"{POSTS}/uploads", {"field": "file", "name": "a.txt", "type": "text/plain"}, "ann"),
    Meant("GET", "/api/crons"),
    Meant("POST", "/api/crons/__pbLogsCleanup__"),
    Meant("POST", "/api/files/token", by="ann"),
    Meant("GET", FILE, by="", query={"token": "<file_token>"}),
    Meant("GET", FILE, by="", query={"token": "<file_token>", "download": "1"}),
    Meant(
        "GET", "/api/files/posts/<post>/<picture>", by="", query={"token": "<file_token>", "thumb": "10x10"}
    ),
    Meant("GET", "/api/logs", query={"filter": "data.auth != ''", "sort": "-@rowid"}),
    Meant("GET", "/api/logs/<log>"),
    Meant("GET", "/api/logs/stats", query={"filter": "data.status >= 400"}),
    Meant("DELETE", "/api/logs"),
    Meant("GET", "/api/oauth2-redirect", by="", query={"state": "a", "code": "b"}),
    Meant("POST", "/api/oauth2-redirect", {"state": "a", "code": "b", "user": '{"name":{}}'}, ""),
    Meant("GET", "/api/settings"),
    Meant("PATCH", "/api/settings", SETTINGS),
    Meant(
        "POST",
        "/api/settings/apple/generate-client-secret",
        {"clientId": "a", "teamId": "a" * 10, "keyId": "a" * 10, "privateKey": "<pem>", "duration": 60},
    ),
    Meant(
        "POST", "/api/settings/test/email", {"email": "a@a.example", "template": "otp", "collection": "users"}
    ),
    Meant("POST", "/api/settings/test/s3", {"filesystem": "storage"}, refused=True),
    Meant("POST", "/api/sql", {"query": "select title, count(*) from posts group by title"}),
)
