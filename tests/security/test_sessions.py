"""A small application whose pages use the session cookie: what another site's page can make it do."""

from collections.abc import Mapping

import pytest
from chalice.app import Chalice, Response

from chalicelib.errors import Forbidden
from chalicelib.routes import MIDDLEWARE
from chalicelib.routes.answer import json_answer
from chalicelib.security.csrf import HEADER, Sent, is_forged, new_csrf_token
from chalicelib.security.sessions import find_session, write_session_cookie
from dev.gateway import Gateway

KEY, HERE = "k" * 50, "https://app.example.com"


def build() -> tuple[Gateway, list[str]]:
    """The application, and what it was made to do."""
    app, done = Chalice("toy", configure_logs=False), list[str]()
    app.api.binary_types = ["*/*"]
    for middleware in MIDDLEWARE:
        app.register_middleware(middleware, "http")

    @app.route("/in", methods=["GET"], name="toy_in")
    def sign_in() -> Response:
        answer = json_answer({"csrf": new_csrf_token("ann", KEY)})
        answer.headers["Set-Cookie"] = write_session_cookie("ann", 60)
        return answer

    @app.route("/act", methods=["GET", "POST", "DELETE"], name="toy_act", content_types=[])
    def act() -> Response:
        headers = app.current_request.headers
        method = app.current_request.method
        sent = Sent(
            method,
            headers.get(HEADER, ""),
            headers.get("origin", ""),
            headers.get("sec-fetch-site", ""),
        )
        session = find_session(headers.get("cookie", ""))
        if is_forged(sent, session, KEY, HERE):
            raise Forbidden()
        done.append(f"{method} by {session}")
        return json_answer({})

    return Gateway(app), done


def signed_in(gateway: Gateway) -> dict[str, str]:
    """The headers that a page of ours sends."""
    _, headers, body = gateway.handle("GET", "/in", {})
    cookie = headers["Set-Cookie"].partition(";")[0]
    return {"Cookie": cookie, HEADER: body.decode().split('"')[3], "Origin": HERE}


def test_a_page_of_ours_acts() -> None:
    gateway, done = build()
    headers = signed_in(gateway)
    assert [gateway.handle(method, "/act", headers)[0] for method in ("GET", "POST", "DELETE")] == [200] * 3
    assert done == ["GET by ann", "POST by ann", "DELETE by ann"]


ATTACKS = {
    "no token": {HEADER: ""},
    "a token of zeros": {HEADER: "0" * 32 + "." + "0" * 64},
    "another site": {"Origin": "https://evil.example"},
    "no origin": {"Origin": "null"},
    "a subdomain": {"Origin": "https://user.app.example.com"},
    "another site that begins alike": {"Origin": "https://app.example.com.evil.example"},
    "without TLS": {"Origin": "http://app.example.com"},
    "fetched from another site": {"Sec-Fetch-Site": "cross-site"},
    "fetched from the same site": {"Sec-Fetch-Site": "same-site"},
    "another session's token": {HEADER: new_csrf_token("bob", KEY)},
    "a token of another key": {HEADER: new_csrf_token("ann", "l" * 50)},
    "another session's cookie": {HEADER: new_csrf_token("ann", KEY), "Cookie": "__Host-quoll=bob"},
    "a token of an empty session": {HEADER: new_csrf_token("", KEY), "Cookie": "__Host-quoll="},
    "another method, they say": {HEADER: "", "X-HTTP-Method-Override": "GET"},
    "a cookie in lower case": {"Cookie": "__host-quoll=ann"},
    "cookies that look alike": {"Cookie": "quoll=ann; __Secure-quoll=ann"},
    "no cookie": {"Cookie": ""},
    "a cookie of another": {"Cookie": "__Host-quoll=bob"},
    "two cookies": {"Cookie": "__Host-quoll=ann; __Host-quoll=bob"},
}


@pytest.mark.parametrize("changes", ATTACKS.values(), ids=ATTACKS)
def test_another_site_does_nothing(changes: Mapping[str, str]) -> None:
    """The browser sends the cookie along whoever made the page; everything else has to be right, too."""
    gateway, done = build()
    status, _, body = gateway.handle("POST", "/act", {**signed_in(gateway), **changes})
    assert (status, done) == (403, [])
    assert b"You are not allowed to perform this request." in body
