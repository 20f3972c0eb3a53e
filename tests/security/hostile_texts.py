"""What requests are spoiled with: what has broken parsers before, and names that mean something here.

No name of a host among them that is not ours: nothing may be called but this machine.
"""

from collections.abc import Mapping, Sequence
from typing import Any

# fmt: off
TEXTS: Sequence[str] = (
    "", " ", "0", "-1", "null", "true", "[]", "{}", "a", "users", "_superusers", "posts", "@rowid", "id", "*",
    "'", '"', "\\", "`", ";--", "\x00", "\r\nX-Evil: 1", "\n", "\t", "é", "\ud800", "\U0001f4a9", "\u202e",
    "%",
    "%00", "%2e%2e%2f", "../../etc/passwd", "..", "/", "//", "{collection}", "{TOKEN}", "{{7*7}}", "${7*7}",
    "<script>alert(1)</script>", "a@b.c", "a@example.com", "a@example.com\r\nBcc: b@example.com",
    "http://127.0.0.1:1/", "//127.0.0.1:1", "file:///etc/passwd", "javascript:alert(1)", "127.0.0.1", "::1",
    "1e999", "NaN", "-0", "9" * 400, "1" * 5000, "x" * 300, "(" * 200, "a:b:c", "a.b.c.d", "@request.auth.id",
    "id = 'a'", "id ~ '%'", "id ?= id && (id != id || 1=1)", "@collection.users.email != ''", "(((",
        "a && && b",
    "2026-13-99 99:99:99", "[a-z", "(a+)+$", "*:auth", "POST /api/", "* * * * *", "-" * 64, "A" * 15,
    "abc\ufeff",
    "a@xn--e1afmkfd.example", "a@ex\u0430mple.com", "a@ﬀ.example", "a@[127.0.0.1]", "a\u0000b@example.com",
    "0001-01-01 00:00:00.000Z", "9999-12-31 23:59:59.999Z", "2026-02-30", "+10000-01-01", "١٢٣", "\ufdd0",
    "ı",
    "R#a#b", "CONFIG", "pbc_0000000000", "__pb_users_auth_", "quoll:upload:x", "annannannannann",
    "postpostpostpos",
    "select 1; drop table posts", "select * from posts, posts p, posts q, posts r",
    "select randomblob(1000000000)",
    "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c", "pragma journal_mode",
    "CREATE UNIQUE INDEX i ON posts (title)", "create index `i` on `posts` (`title` collate nocase) where 1",
)
VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63, -(2**63) - 1, 10**30, 1e308, 5e-324, [], {}, [[]], [None],
    {"": None},
    [{}] * 3, {"a": {"b": {"c": []}}}, ["a"] * 300, [[[[[[[[[[]]]]]]]]]], {"__proto__": {"x": 1}}, [1, "a",
    None],
    {"lon": 1e308, "lat": -1e308}, {"lon": "1", "lat": None}, list(range(300)), {"x" * 300: "x" * 300},
    [["a", "b"]],
)
KEYS: Sequence[str] = (
    "id", "email", "emailVisibility", "verified", "password", "passwordConfirm", "oldPassword", "tokenKey",
    "name",
    "identity", "identityField", "otpId", "mfaId", "token", "newEmail", "provider", "code", "codeVerifier",
    "redirectURL", "redirectUrl", "createData", "duration", "fields", "title", "title+", "+title", "tags-",
    "tags",
    "count", "count+", "data", "place", "due", "file", "file-", "file+", "+file", "owner", "expand", "type",
    "schema",
    "indexes", "listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule",
    "otp",
    "mfa", "oauth2", "passwordAuth", "authToken", "collections", "deleteMissing", "requests", "method",
    "url", "body",
    "meta", "smtp", "s3", "backups", "batch", "logs", "rateLimits", "superuserIPs", "trustedProxy", "rules",
    "system",
    "template", "collection", "filesystem", "clientId", "teamId", "keyId", "privateKey", "@jsonPayload",
    "size",
    "created", "updated", "collectionId", "collectionName", "viewQuery", "hidden", "required", "pattern",
    "maxSelect",
    "requests.0.file", "requests.0", "requests.1.body.title", "requests[0].file", "headers", "query", "sql",
    "", "constructor", "__class__", "pk", "sk", "a.b", "é", "\ud800", "\x00", "x" * 300,
)
QUERIES: Mapping[str, Sequence[str]] = {
    "page": ("0", "2", "-1", "9223372036854775807", "1e3"),
    "perPage": ("1", "0", "500", "501", "-1"),
    "skipTotal": ("1", "t", "2"),
    "sort": ("title", "-created,title", "@random", "@rowid", "owner.email", "tags:length", "-" * 40, ",,",
        "nope"),
    "filter": (
        "title = 'a'", "owner.email ~ 'a'", "posts_via_owner.title ?= 'a'", "tags:each ?= 'a'",
        "data.a.b > 1",
        "@request.body.title:isset = true", "geoDistance(place.lon, place.lat, 1, 2) < 3", "created > @now",
        "strftime('%Y', due) = '2026'", "owner.owner.owner = 1", "(" * 300 + "a=1" + ")" * 300,
        "id='a'||" * 90,
        "title ~ '" + "%" * 200 + "'", "@collection.users:a.email = @collection.users:b.email", "1 = 1",
        "title=",
        "data.createdBy = 'x' && level > 0", "password != ''", "tokenKey ~ 'k'", "id = 'é\ud800'",
    ),
    "expand": ("owner", "owner.posts_via_owner", "posts_via_owner", "owner." * 20, "a,b,c,owner", "file",
        ","),
    "fields": ("*", "id,title", "*,expand.owner.id", "title:excerpt(5,true)", "title:excerpt(", ":", "*.*.*",
        "a.b:c()"),
    "thumb": ("100x100", "0x0", "0x50f", "99999x99999", "1x1b", "100x100x", "-1x1", "100x", "1x1t"),
    "download": ("1", "0", "x"),
    "cursor": ("", "a", "eyJhIjoxfQ", "." * 30),
    "token": ("<root>", "<file_token>", "<rootfile>", "a.b.c"),
    "state": ("a",), "code": ("a",), "error": ("denied",), "redirect": ("//127.0.0.1:1",), "meta": ("1",),
}
HEADERS: Mapping[str, Sequence[str]] = {
    "Authorization": ("Bearer", "Bearer ", "Basic YTpi", "a.b.c", "." * 9000, "eyJhbGciOiJub25lIn0.e30.",
        "<file_token>",
                      "bearer <ann_token>", "Bearer Bearer <root>", "<passwordReset>"),
    "Range": ("bytes=0-1", "bytes=-1", "bytes=-0", "bytes=5-1", "bytes=0-0,2-3", "bytes=99999-", "bytes=a-b",
              "bytes=0-" + "9" * 400, "items=0-1", "bytes=", "bytes=" + "0-1," * 900, "bytes=\u0661-\u0662",
              "bytes=1e1-"),
    "If-Range": ('"x"', "Mon, 01 Jan 2035 00:00:00 GMT", "x"),
    "If-None-Match": ("*", '"', 'W/"x"', "W/", '"a", "b"', ",,,", '"\u00e9"', '"' * 900),
    "If-Match": ("*", '"x"', ""),
    "If-Modified-Since": ("Mon, 01 Jan 2035 00:00:00 GMT", "Mon, 99 Foo 9999 25:61:61 GMT", "0",
        "Thu, 01 Jan 0000 00:00:00",
                          "Fri, 31 Dec 99999 23:59:59 GMT", "Mon, 01 Jan 2035 00:00:00 +9999999"),
    "If-Unmodified-Since": ("Mon, 01 Jan 1990 00:00:00 GMT", "x"),
    "X-Forwarded-For": ("127.0.0.1", "1.2.3.4, ::1, x", "a" * 500, ",", "fe80::1%eth0"),
    "Origin": ("null", "http://127.0.0.1:1"),
    "Cookie": ("a=b", "__Host-quoll=a", ";;;"),
    "Accept": ("text/html", "x"), "Accept-Encoding": ("gzip", "br;q=a"), "Content-Encoding": ("gzip",
        "identity"),
    "X-Request-Id": ("a", "x" * 500), "User-Agent": ("", "x" * 4000, "\u202e"), "Host": ("127.0.0.1:1",),
    "X-HTTP-Method-Override": ("DELETE",), "Referer": ("http://127.0.0.1:1/",), "Content-Length": ("0", "-1",
        "x"),
    "Transfer-Encoding": ("chunked",), "Expect": ("100-continue",),
}
TYPES: Sequence[str] = (
    "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded",
    "text/plain", "",
    "multipart/form-data; boundary=b", "multipart/form-data", "application/xml", "a/b/c;;;",
    "APPLICATION/JSON",
    'multipart/form-data; boundary="b"; boundary=c', "multipart/mixed; boundary=b",
    "multipart/form-data; boundary=b;x*0=a",
)
# What is in the head of a part beside its name; some of it is no head at all.
HEADS: Sequence[str] = (
    "", "\r\nContent-Type: text/plain", "\r\nContent-Type: image/png", "\r\nContent-Type: application/json",
    "\r\nContent-Transfer-Encoding: base64", "\r\nContent-Length: -1", "\r\n folded", "\r\nnocolon", "\n",
    "\r\n\r\n",
    "; filename*=UTF-8''%ff%fe", "; filename*0=a; filename*1=b", "; name=again", '; filename="',
    "\r\nX: " + "y" * 9000,
)
FILES: Sequence[bytes] = (
    b"", b"text", b"\x89PNG\r\n\x1a\n", b"GIF89a\xff\xff\xff\xff", b"<svg onload='alert(1)'/>",
    b"PK\x05\x06" + b"\0" * 18,
    b"PK\x03\x04" + b"\xff" * 40, b"%PDF-1.4", b"\xff\xd8\xff", bytes(range(256)), b"--b\r\n",
    b"\r\n--b--\r\n", b"SQLite format 3\0",
)
# fmt: on
