"""A data directory that the real PocketBase makes of what its API is told, and what it answers about it."""

import base64
import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers import EMAIL, PASSWORD, Server, pocketbase

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BOUNDARY = "boundary"
ANN, BOB, SECOND = "ann@carried.example", "bob@carried.example", "second@carried.example"
WORD = "correct-horse"
SECRET = "smtp-secret"

AUTODATES = [
    {"type": "autodate", "name": "created", "onCreate": True},
    {"type": "autodate", "name": "updated", "onCreate": True, "onUpdate": True},
]
FIELDS: list[dict[str, Any]] = [
    {"type": "text", "name": "title"},
    {"type": "editor", "name": "body"},
    {"type": "number", "name": "likes"},
    {"type": "bool", "name": "open"},
    {"type": "email", "name": "mail"},
    {"type": "url", "name": "link"},
    {"type": "date", "name": "day"},
    {"type": "select", "name": "one", "values": ["a", "b"]},
    {"type": "select", "name": "some", "values": ["a", "b", "c"], "maxSelect": 3},
    {"type": "file", "name": "picture", "maxSelect": 1, "thumbs": ["20x20"]},
    {"type": "file", "name": "papers", "maxSelect": 3, "protected": True},
    {"type": "json", "name": "data"},
    {"type": "password", "name": "code"},
    {"type": "geoPoint", "name": "place"},
    {"type": "relation", "name": "author", "collectionId": "_pb_users_auth_", "cascadeDelete": True},
    {"type": "relation", "name": "readers", "collectionId": "_pb_users_auth_", "maxSelect": 5},
    {"type": "text", "name": "hint", "hidden": True},
    *AUTODATES,
]
EXPRESSION = "CREATE INDEX `idx_lower` ON `posts` (lower(title))"
POSTS = {
    "name": "posts",
    "type": "base",
    "fields": FIELDS,
    "listRule": "open = true || author = @request.auth.id",
    "viewRule": "",
    "updateRule": "author = @request.auth.id",
    "indexes": [
        "CREATE INDEX `idx_likes` ON `posts` (`likes` DESC,\n `title`)",
        "CREATE UNIQUE INDEX idx_mail ON posts (mail COLLATE NOCASE) WHERE mail != ''",
        EXPRESSION,
    ],
}
CLIENTS = {
    "name": "clients",
    "type": "auth",
    "listRule": "",
    "viewRule": "",
    "authRule": "verified = true",
    "manageRule": "@request.auth.collectionName = 'users'",
    "fields": [{"type": "text", "name": "login", "required": True}],
    "indexes": ["CREATE UNIQUE INDEX idx_login ON clients (login)"],
    "passwordAuth": {"enabled": True, "identityFields": ["email", "login"]},
    "otp": {"enabled": True, "length": 6, "duration": 60},
    "oauth2": {
        "enabled": True,
        "providers": [{"name": "github", "clientId": "me", "clientSecret": "their-secret"}],
    },
    "verificationTemplate": {"subject": "Hello {APP_NAME}", "body": "<p>{TOKEN}</p>"},
}
OPEN_VIEW = {"type": "view", "listRule": "", "viewRule": ""}
# The one reads the other, and a rule reads it, too.
VIEWS: list[dict[str, Any]] = [
    {
        **OPEN_VIEW,
        "name": "overview",
        "viewQuery": "SELECT id, title, some, picture, author, (likes * 2) as twice FROM posts;",
    },
    {
        **OPEN_VIEW,
        "name": "numbered",
        "listRule": "title != ''",
        "viewQuery": "SELECT (ROW_NUMBER() OVER (ORDER BY o.title)) as id, o.title, o.id as post, "
        "cast(o.twice as int) as twice FROM overview o",
    },
]
LABELS = {
    "name": "labels",
    "type": "base",
    "listRule": "",
    "viewRule": "@collection.overview.title ?= 'Post 1'",
    "fields": [
        {
            "type": "text",
            "name": "id",
            "primaryKey": True,
            "required": True,
            "system": True,
            "pattern": "^[a-z-]+$",
            "min": 1,
            "max": 40,
        },
        {"type": "number", "name": "weight"},
    ],
}


@dataclass
class Talker:
    """Requests to a server, with a token."""

    server: Server
    token: str = ""

    def send(
        self, method: str, path: str, body: Any = None, kind: str = "application/json"
    ) -> tuple[int, bytes]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Content-Type": kind} if data is not None else {}
        try:
            connection.request(
                method, path, data, headers | ({"Authorization": self.token} if self.token else {})
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        status, raw = self.send(method, path, body, kind)
        assert status < 300, f"{method} {path}: {status} {raw[:500]!r}"
        return json.loads(raw) if raw else None

    def sign_in(self, collection: str, identity: str, password: str) -> str:
        body = {"identity": identity, "password": password}
        return str(self.ask("POST", f"/api/collections/{collection}/auth-with-password", body)["token"])


@dataclass
class Directory:
    """The directory, what is to be asked of every server that has it, and what the first one answered."""

    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def asked(self) -> list[tuple[str, str]]:
        """Who asks, and what."""
        found = [(who, path) for who in ("", "ann", "second") for path in PATHS]
        found += [("second", path) for path in SUPERUSER_PATHS]
        return [(who, path.format(**self.names)) for who, path in found]


PATHS: Sequence[str] = (
    "/api/collections/posts/records",
    "/api/collections/posts/records?sort=-likes,title&perPage=3",
    "/api/collections/posts/records?sort=@rowid&page=2&perPage=2",
    "/api/collections/posts/records?filter=likes>1%26%26title!=''&expand=author,readers&sort=@rowid",
    "/api/collections/posts/records?filter=some?='c'&sort=@rowid",
    "/api/collections/posts/records?filter=readers.email?~'ann'",
    "/api/collections/posts/records?filter=mail='MAIL1@example.com'&fields=id,mail,data",
    "/api/collections/posts/records?filter=data.deep.list:length>1",
    "/api/collections/posts/records?filter=geoDistance(place.lon,place.lat,23,42)<500",
    "/api/collections/posts/records/{full}?expand=author,readers",
    "/api/collections/posts/records/{bare}",
    "/api/collections/users/records?expand=posts_via_author",
    "/api/collections/clients/records",
    "/api/collections/clients/auth-methods?fields=password,otp,mfa,oauth2.enabled",
    "/api/collections/labels/records?sort=weight",
    "/api/collections/labels/records/red",
    "/api/collections/overview/records?sort=title,twice&expand=author",
    "/api/collections/overview/records/{full}",
    "/api/collections/numbered/records?filter=twice>0&sort=-title&expand=post",
    "/api/collections/_externalAuths/records",
    "/api/files/posts/{full}/{picture}",
    "/api/files/posts/{full}/{picture}?thumb=20x20",
    "/api/files/posts/{full}/{papers}",
)
SUPERUSER_PATHS: Sequence[str] = (
    "/api/settings",
    "/api/collections/posts",
    "/api/collections/users",
    "/api/collections/clients",
    "/api/collections/labels",
    "/api/collections/overview",
    "/api/collections/numbered",
    "/api/collections/_superusers",
    "/api/collections/_authOrigins/records?filter=recordRef='{ann}'",
    "/api/collections/_otps/records",
    "/api/collections/_mfas/records",
)


def make_directory(folder: Path) -> Directory:
    """Start PocketBase on an empty directory, fill it by its API, and remember what it answers."""
    made = Directory(folder)
    with pocketbase(folder) as server:
        root = Talker(server)
        root.token = root.sign_in("_superusers", EMAIL, PASSWORD)
        for definition in (POSTS, CLIENTS, *VIEWS, LABELS):
            root.ask("POST", "/api/collections", definition)
        _fill(root, made)
        made.answers = {
            asked: answer_of(Talker(server, made.tokens.get(asked[0], "")), asked[1])
            for asked in made.asked()
        }
    return made


def answer_of(talker: Talker, path: str) -> tuple[int, Any]:
    """Status and JSON, or the bytes of a file."""
    status, raw = talker.send("GET", path)
    return status, raw if path.startswith("/api/files/") and status == 200 else json.loads(raw)


def _fill(root: Talker, made: Directory) -> None:
    people = {name: _add_person(root, "users", email=name) for name in (ANN, BOB)}
    _add_person(root, "_superusers", email=SECOND)
    client = _add_person(root, "clients", email="client@carried.example", login="client-1", verified=True)
    _add_post(root, made, people)
    for number in range(6):
        body = {
            "title": f"Post {number}",
            "likes": number / 2,
            "open": number % 2 == 0,
            "data": [number, None, "é"],
        }
        last = root.ask(
            "POST", "/api/collections/posts/records", {**body, "author": people[ANN], "day": "2026-01-02"}
        )
        if number == 3:
            root.ask("DELETE", f"/api/collections/posts/records/{last['id']}")
    made.names["bare"] = root.ask(
        "POST", "/api/collections/posts/records", {"likes": 1e21, "data": "a word"}
    )["id"]
    for place, tag in enumerate(("red", "green-ish")):
        root.ask("POST", "/api/collections/labels/records", {"id": tag, "weight": -place})
    owner = {"collectionRef": "_pb_users_auth_", "recordRef": people[ANN]}
    root.ask(
        "POST", "/api/collections/_externalAuths/records", {**owner, "provider": "google", "providerId": "42"}
    )
    root.ask("POST", "/api/collections/_mfas/records", {**owner, "method": "password"})
    root.ask("PATCH", "/api/settings", {"meta": {"appName": "Carried"}, "smtp": {"password": SECRET}})
    made.names |= {"ann": people[ANN], "client": client}
    made.tokens = {
        "ann": root.sign_in("users", ANN, WORD),
        "second": root.sign_in("_superusers", SECOND, WORD),
        "client": root.sign_in("clients", "client-1", WORD),
    }


def _add_person(root: Talker, collection: str, **values: Any) -> str:
    body = {"password": WORD, "passwordConfirm": WORD, **values}
    return str(root.ask("POST", f"/api/collections/{collection}/records", body)["id"])


def _add_post(root: Talker, made: Directory, people: Mapping[str, str]) -> None:
    values = {
        "title": "Ä 'quoted'",
        "body": "<p>x</p>",
        "likes": 2.5,
        "open": True,
        "mail": "Mail1@example.com",
        "link": "https://example.com/a?b=c",
        "day": "2026-01-02 03:04:05.678Z",
        "one": "a",
        "some": ["c", "a"],
        "data": {"deep": {"list": [1, {"b": None}]}, "a": "<&>", "big": 123456789012},
        "code": "secret-code",
        "place": {"lon": 23.32, "lat": 42.69},
        "author": people[ANN],
        "readers": [people[BOB], people[ANN]],
        "hint": "nobody sees it",
    }
    parts = [_part("@jsonPayload", json.dumps(values).encode())]
    parts.append(_part("picture", PNG, "My Pic ü.png"))
    parts += [_part("papers", text, name) for name, text in (("one.txt", b"hello"), ("two.json", b"{}"))]
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    record = root.ask("POST", "/api/collections/posts/records", body, kind)
    root.send("GET", f"/api/files/posts/{record['id']}/{record['picture']}?thumb=20x20")
    made.names |= {"full": record["id"], "picture": record["picture"], "papers": record["papers"][0]}


def _part(name: str, content: bytes, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode()
        + content
        + b"\r\n"
    )
