"""An identity provider of our own, on loopback, that both servers sign in with.

It keeps nothing: the `code` that a case sends says what it is to answer, as a query.

    sub=7&email=ann@example.com&email_verified=true      the user's own values; true and false are booleans
    answer=google                                        the provider's row of data/oauth2/answers.json
    ...&_id_token=RS256                                  an id token with the same claims is given too
    _json={"sub": 7}                                     all that is said of the user, as JSON
    ...&_token_json=..., &_emails_json=...               what stands beside the access token; the e-mails

What else begins with ``_`` is about how it is answered. What it was asked comes back in the user's values,
under `asked`, so that whoever compares two servers' users compares what they asked for too.
"""

import base64
import json
import threading
import time
from dataclasses import dataclass
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ANSWERS = Path(__file__).parent / "data" / "oauth2" / "answers.json"
LITERALS = {"true": True, "false": False, "null": None}
# What of a request's headers is told: the rest differs from client to client.
TOLD = (
    "authorization",
    "accept",
    "content-type",
    "client-id",
    "notion-version",
    "trakt-api-key",
    "trakt-api-version",
)
DAY = 86_400
ODD_BODIES = {
    "text": b"nonsense",
    "list": b"[]",
    "large": b'{"a":"' + b"x" * 6_000_000 + b'"}',
    "deep": b'{"sub":"deep","a":' + b"[" * 700 + b"1.5e-7" + b"]" * 700 + b"}",
    "nan": b'{"sub":"nan","a":NaN}',
    "twice": b'{"sub":"one","sub":"two"}',
    "half": b'{"sub":"\\ud800"}',
    "utf16": '{"sub":"wide"}'.encode("utf-16"),
}
ISSUER = "https://issuer.example.com"


@dataclass(frozen=True)
class Wish:
    """A code, read: what to answer with."""

    values: dict[str, str]

    @classmethod
    def read(cls, code: str) -> "Wish":
        return cls(dict(parse_qsl(code, keep_blank_values=True)))

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    @cached_property
    def known(self) -> dict[str, Any]:
        """The row of the data file, {} for none."""
        return _answers().get(self.get("answer"), {})

    @property
    def user(self) -> Any:
        if self.get("_json"):
            return json.loads(self.get("_json"))
        own = {
            key: LITERALS.get(value, value)
            for key, value in self.values.items()
            if key[0] != "_" and key != "answer"
        }
        return {**self.known.get("user", {}), **own}

    @property
    def tokens(self) -> dict[str, Any]:
        """What stands beside the access token."""
        times = (
            {"expires_in": int(self.get("_expires_in", "3600"))} if self.get("_expires_in") != "none" else {}
        )
        refresh = {"refresh_token": self.get("_refresh")} if self.get("_refresh") else {}
        more = {
            **self.known.get("token", {}),
            **self._id_token(),
            **json.loads(self.get("_token_json", "{}")),
        }
        return {"token_type": "Bearer", **times, **refresh, **more}

    def _id_token(self) -> dict[str, str]:
        algorithm = self.get("_id_token")
        if not algorithm:
            return {}
        now = int(time.time())
        today = now - now % DAY  # the same for both servers
        claims = {"iss": ISSUER, "aud": "client", "exp": today + 2 * DAY, "iat": today, **self.user}
        claims |= {key[2:]: value for key, value in self.values.items() if key.startswith("__")}
        for name in ("exp", "nbf", "iat"):
            if self.get(f"_{name}"):
                claims[name] = now + int(self.get(f"_{name}"))
        if self.get("_aud"):
            claims["aud"] = self.get("_aud").split(",") if "," in self.get("_aud") else self.get("_aud")
        for name in self.get("_without").split(","):
            claims.pop(name, None)
        headers = {"kid": self.get("_kid", algorithm)}
        key = _keys()[self.get("_key", algorithm)] if algorithm not in ("none", "HS256") else "x" * 40
        if algorithm == "none":
            return {"id_token": jwt.encode(claims, None, algorithm="none", headers=headers)}
        return {"id_token": jwt.encode(claims, key, algorithm=algorithm, headers=headers)}


@cache
def _answers() -> dict[str, Any]:
    return json.loads(ANSWERS.read_text())


@cache
def _keys() -> dict[str, Any]:
    small = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return {
        "RS256": small,
        "RS384": small,
        "PS256": small,
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
        "other": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    }


def _jwks() -> dict[str, Any]:
    found = []
    for name, key in _keys().items():
        if name != "other":
            algorithm = jwt.get_algorithm_by_name(name)
            found.append(
                {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": name, "use": "sig"}
            )
    return {"keys": found}


class _Handler(BaseHTTPRequestHandler):
    """One request to the provider."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def _answer(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        for end, answer in (("/token", self._token), ("/emails", self._emails), ("/jwks", self._keys)):
            if path.endswith(end):
                return answer(body)
        return self._user(body)

    def _asked(self, body: bytes) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() in TOLD}
        return {"method": self.command, "path": self.path, "headers": headers, "body": _read_asked(body)}

    def _token(self, body: bytes) -> None:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        form = form or {key: str(value) for key, value in (_read_json(body) or {}).items()}
        wish = Wish.read(form.get("code", ""))
        if wish.get("_unless_in") and bool(self.headers.get("Authorization")) != (
            wish.get("_unless_in") == "header"
        ):
            return self._send({"error": "invalid_client"}, 401)
        if wish.get("_token_status"):
            return self._send(
                {"error": "invalid_grant", "secret": "tell nobody"}, int(wish.get("_token_status"))
            )
        sealed = {"code": form.get("code", ""), "token": self._asked(body)}
        access = base64.urlsafe_b64encode(json.dumps(sealed, sort_keys=True).encode()).decode()
        given = {"access_token": access, **wish.tokens} if not wish.get("_no_token") else wish.tokens
        if wish.get("_as") == "form":
            return self._write(urlencode(given).encode(), "application/x-www-form-urlencoded")
        if wish.get("_as") == "text":
            return self._write(b"nonsense", "application/json")
        return self._send(given)

    def _user(self, body: bytes) -> None:
        wish, asked = self._opened(body)
        if wish.get("_user_status"):
            return self._send({"error": "tell nobody"}, int(wish.get("_user_status")))
        has_moved = self.path.startswith("/elsewhere")
        if wish.get("_user_as") == "redirect" or (wish.get("_user_as") == "moved" and not has_moved):
            self.send_response(302)
            self.send_header("Location", "/elsewhere/user")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if wish.get("_user_as") in ODD_BODIES:
            return self._write(ODD_BODIES[wish.get("_user_as")], "application/json")
        return self._send({**wish.user, "asked": asked} if isinstance(wish.user, dict) else wish.user)

    def _emails(self, body: bytes) -> None:
        wish, _ = self._opened(body)
        listed = json.loads(wish.get("_emails_json", "null")) or wish.known.get("emails", [])
        return self._send(listed, int(wish.get("_emails_status", "200")))

    def _keys(self, body: bytes) -> None:
        return self._send(_jwks())

    def _opened(self, body: bytes) -> tuple[Wish, dict[str, Any]]:
        """What the access token's code wished, and all that was asked for it."""
        bearer = self.headers.get("Authorization", "").partition(" ")[2]
        given = bearer or dict(parse_qsl(urlsplit(self.path).query)).get("access_token", "")
        opened = _read_json(base64.urlsafe_b64decode(given)) or {"code": "", "token": {}}
        asked = self._asked(body)
        asked["headers"].pop("authorization", None)
        return Wish.read(opened["code"]), {
            "token": opened["token"],
            "user": {**asked, "by": "header" if bearer else "query"},
        }

    def _send(self, value: Any, status: int = 200) -> None:
        self._write(json.dumps(value).encode(), "application/json", status)

    def _write(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _read_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _read_asked(body: bytes) -> Any:
    """A body's values, in an order that does not depend on the client."""
    read = _read_json(body)
    return read if read is not None else dict(sorted(parse_qsl(body.decode(), keep_blank_values=True)))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients may hang up, as they do on what is too large."""


@cache
def provider_url() -> str:
    """Where this process's provider is: started when first asked for, gone with the process."""
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


if __name__ == "__main__":
    print(provider_url(), flush=True)
    threading.Event().wait()
