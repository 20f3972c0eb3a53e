"""The world that hostile requests come to: something of everything, so that they get deep.

What requests may name is in `World.names`: tokens of each kind, ids, files, a code, half a sign-in. Ids are
the same each time, so that a request that failed once fails again, and the world can be put back.
"""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from PIL import Image

from chalicelib.auth.attach import new_attachment
from chalicelib.auth.tokens import new_token
from chalicelib.collections import load
from chalicelib.collections.create import create_collection
from chalicelib.config import get_config
from chalicelib.files.store import Store
from chalicelib.records.attached import MFAS, OTPS
from chalicelib.schema.auth_options import (
    AuthAlert,
    EmailTemplate,
    MappedFields,
    Mfa,
    OAuth2,
    OAuth2Provider,
    Otp,
)
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway
from tests.oidc_provider import provider_url
from tests.people import HASH, add_person, set_auth_options

DAY = 86_400
# What is counted or noted of a request, refused or not: attempts, lines of the log.
COUNTED = ("A#", "L#")
OPEN = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), "")
FIELDS = [
    {"name": "title", "type": "text", "pattern": "^[a-z]*$"},
    {"name": "text", "type": "editor"},
    {"name": "on", "type": "bool"},
    {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
    {"name": "count", "type": "number"},
    {"name": "data", "type": "json"},
    {"name": "place", "type": "geoPoint"},
    {"name": "due", "type": "date"},
    {"name": "file", "type": "file", "maxSelect": 5, "protected": True, "thumbs": ["10x10"]},
    {"name": "email", "type": "email"},
    {"name": "url", "type": "url"},
    {"name": "created", "type": "autodate", "onCreate": True},
]
UNIQUE = ["CREATE UNIQUE INDEX idx_posts_url ON posts (url) WHERE url != ''"]
SETTINGS = {
    "batch": {"enabled": True, "maxRequests": 50, "timeout": 30},
    "s3": {
        "enabled": True,
        "endpoint": "http://127.0.0.1:1",
        "bucket": "a",
        "region": "b",
        "accessKey": "c",
        "secret": "d",
    },
    "smtp": {"enabled": False, "host": "127.0.0.1", "port": 1},
}
Items = dict[str, dict[str, Any]]
_NAME = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class World:
    """All items and files, and what they are called."""

    items: Items
    files: Mapping[str, tuple[bytes, str]]
    names: Mapping[str, str]

    def put_back(self, bucket: Store) -> None:
        """Make everything as it was."""
        table = _table()
        table.items.clear()
        table.items.update({partition: dict(sorts) for partition, sorts in self.items.items()})
        if table.stream_shard:
            table.stream_shard.items.clear()
        if files_of(bucket) != {key: etag for key, (_, etag) in self.files.items()}:
            _stored_files().clear()
            for key, (content, _) in self.files.items():
                bucket.put(key, content, "application/octet-stream")
        load.forget()

    def fill(self, value: Any) -> Any:
        """The value with what its names stand for."""
        if isinstance(value, str):
            return _NAME.sub(lambda found: self.names.get(found[1], found[0]), value)
        if isinstance(value, Mapping):
            return {self.fill(key): self.fill(each) for key, each in value.items()}
        return [self.fill(each) for each in value] if isinstance(value, list | tuple) else value


def items_now() -> Items:
    """All items that a refused request must leave as they are."""
    found = _table().items.items()
    # Moto keeps a place for whatever was looked for.
    return {
        str(key.value): dict(sorts) for key, sorts in found if sorts and not key.value.startswith(COUNTED)
    }


def log_now() -> str:
    """All that is kept in the requests' log, as one text."""
    found = _table().items.items()
    return str(
        [each.to_json() for key, sorts in found if key.value.startswith("L#") for each in sorts.values()]
    )


def files_of(bucket: Store) -> dict[str, str]:
    """The keys in the bucket, and what tells their contents apart."""
    return {key: str(found.etag) for key, found in _stored_files().items()}


def make_world(gateway: Gateway, bucket: Store) -> World:
    """A collection with a field of each kind, a view, people, codes, tokens, files, a backup, a log."""
    ann, root = _make_people()
    tokens = _tokens_of(ann, root)
    _make_collections(ann.collection.id)
    by_root = {"Authorization": tokens["root"], "Content-Type": "application/json"}
    _ask(gateway, "PATCH", "/api/settings", by_root, json.dumps(SETTINGS).encode())
    made = [_make_post(gateway, tokens["root"], name) for name in ("postpostpostpos", "otherotherother")]
    _ask(gateway, "GET", "/api/collections", by_root)
    (log,) = _ask(gateway, "GET", "/api/logs?perPage=1", by_root)["items"]
    _ask(gateway, "POST", "/api/backups", by_root, b'{"name":"a.zip"}')
    files = made[0]["file"]
    names = {
        **tokens, **_attach(ann), "ann": ann.id, "users": ann.collection.id, "post": made[0]["id"],
        "other": made[1]["id"], "file": files[0], "picture": files[1], "log": log["id"],
        "upload": _upload(gateway, bucket, by_root), "pem": _private_key(),
    }  # fmt: skip
    files_now = files_of(bucket)
    contents = {key: (bucket.read(key), etag) for key, etag in files_now.items()}
    return World({partition: dict(sorts) for partition, sorts in _table().items.items()}, contents, names)


def _make_people() -> tuple[Record, Record]:
    at = f"{provider_url()}/oidc"
    urls = {"token_url": f"{at}/token", "user_info_url": f"{at}/user"}
    stub = OAuth2Provider(name="oidc", client_id="client", client_secret="x", **urls)
    by_provider = OAuth2(providers=(stub,), enabled=True, mapped_fields=MappedFields(name="name"))
    second = Mfa(enabled=True, duration=DAY, rule="name = 'careful'")
    otp = Otp(
        enabled=True, duration=DAY, length=8, email_template=EmailTemplate(subject="In", body="<p>{OTP}</p>")
    )
    alert = AuthAlert(enabled=True, email_template=EmailTemplate(subject="New", body="<p>{ALERT_INFO}</p>"))
    set_auth_options("users", otp=otp, oauth2=by_provider, mfa=second, auth_alert=alert)
    ann = add_person(id="annannannannann", email="a@example.com", tokenKey="a" * 50)
    add_person(id="bobbobbobbobbob", email="b@example.com", tokenKey="b" * 50, name="careful")
    root = add_person("_superusers", id="rootrootrootroo", email="root@example.com", tokenKey="k" * 50)
    return ann, root


def _tokens_of(ann: Record, root: Record) -> dict[str, str]:
    """Tokens that outlast any run, by what they are called."""
    kinds = ("verification", "passwordReset", "emailChange")
    emails = {"email": "a@example.com", "newEmail": "new@example.com"}
    return {
        "ann_token": new_token(ann, "auth", DAY, refreshable=True),
        "root": new_token(root, "auth", DAY, refreshable=True),
        "file_token": new_token(ann, "file", DAY),
        "rootfile": new_token(root, "file", DAY),
        **{kind: new_token(ann, kind, DAY, **emails) for kind in kinds},
    }


def _make_collections(users: str) -> None:
    owner = {"name": "owner", "type": "relation", "collectionId": users}
    posts = {"name": "posts", "type": "base", **OPEN, "fields": [*FIELDS, owner], "indexes": UNIQUE}
    create_collection(posts)
    create_collection({"name": "bare", "type": "base", "fields": [{"name": "title", "type": "text"}]})
    query = "select id, title, owner, count(id) as c from posts group by id"
    shown = {"listRule": "", "viewRule": "@request.auth.id != ''"}
    create_collection({"name": "seen", "type": "view", "viewQuery": query, **shown})


def _make_post(gateway: Gateway, token: str, id: str) -> dict[str, Any]:
    fields = {"id": id, "title": "a", "count": "3", "owner": "annannannannann", "data": '{"a":{"b":2}}'}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="'
    files = [("a.txt", b"some text"), ("b.png", _picture())]
    body = "".join(parts).encode()
    body += b"".join(f'{head}{name}"\r\n\r\n'.encode() + content + b"\r\n" for name, content in files)
    headers = {"Authorization": token, "Content-Type": "multipart/form-data; boundary=b"}
    return _ask(gateway, "POST", "/api/collections/posts/records", headers, body + b"--b--\r\n")


def _attach(ann: Record) -> dict[str, str]:
    """A code, and half a sign-in, by what they are called."""
    catalog = load.get_catalog()
    otp = new_attachment(ann, OTPS, catalog, id="otpotpotpotp001", password=HASH)
    mfa = new_attachment(ann, MFAS, catalog, id="mfamfamfamfa001", method="otp")
    write_together([Create(otp), Create(mfa)])
    return {"otp": otp.id, "mfa": mfa.id}


def _upload(gateway: Gateway, bucket: Store, headers: Mapping[str, str]) -> str:
    """What stands for a file that was sent to the bucket."""
    wanted = b'{"field":"file","name":"big.txt"}'
    invited = _ask(gateway, "POST", "/api/collections/posts/uploads", headers, wanted)
    bucket.put(invited["fields"]["key"], b"a large text", "text/plain")
    return str(invited["upload"])


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    return out.getvalue()


def _private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _ask(gateway: Gateway, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Any:
    status, _, raw = gateway.handle(method, path, headers, body)
    assert status < 300, f"{method} {path}: {status} {raw!r}"
    return json.loads(raw) if raw else None


def _table() -> Any:
    config = get_config()
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][config.region].tables[config.table]


def _stored_files() -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[get_config().bucket].keys
