"""The runner sees what differs, and only that."""

import base64
import http.client
import json
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from tests.parity.cases import Case, as_sent, read_case
from tests.parity.contents import describe_picture, make_content
from tests.parity.known import Known, read_known
from tests.parity.normal import Number, find_differences, normalize
from tests.parity.run import Outcome
from tests.parity.send import Answer, Talk, body_of, find_kept, find_path
from tests.servers import Server


def seen(
    text: str, *, line: str = "x | - | GET /", status: int = 200, literal: frozenset[str] = frozenset()
) -> Any:
    """What is compared of an answer with this body."""
    server = Server("one", 1, 0.0, Path())
    talk = Talk(server, http.client.HTTPConnection("127.0.0.1"), labels={"keptkeptkeptkep": "<kept>"})
    answer = Answer(status, {"content-type": "application/json", "date": "today"}, text)
    return normalize(talk, read_case("file", line), answer, literal)


def seen_file(line: str = "x | - | GET /", **headers: str) -> Any:
    """What is compared of the answer to a request for a file."""
    talk = Talk(Server("one", 1, 0.0, Path()), http.client.HTTPConnection("127.0.0.1"))
    talk.labels["a_1234567890.png"] = "<name>"
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return normalize(talk, read_case("file", line), Answer(200, told, "", make_content("@png 4x8")), ())


def token(alg: str = "HS256", **claims: Any) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": alg}, claims))
    return ".".join([*(part.decode().rstrip("=") for part in parts), "c2lnbmF0dXJl"])


NOW = time.strftime("%Y-%m-%d %H:%M:%S.123Z", time.gmtime())
SOON = int(time.time()) + 600
SAME = [
    ("random ids", '{"id":"aaaaaaaaaaaaaaa"}', '{"id":"bbbbbbbbbbbbbbb"}'),
    (
        "one id in two places",
        '["aaaaaaaaaaaaaaa","aaaaaaaaaaaaaaa"]',
        '["bbbbbbbbbbbbbbb","bbbbbbbbbbbbbbb"]',
    ),
    ("times near now", json.dumps({"created": NOW}), json.dumps({"created": NOW.replace("123Z", "456Z")})),
]
DIFFERENT = [
    (
        "another id",
        '["aaaaaaaaaaaaaaa","aaaaaaaaaaaaaaa"]',
        '["bbbbbbbbbbbbbbb","ccccccccccccccc"]',
        "body[]",
    ),
    ("a text", '{"a":{"b":"x"}}', '{"a":{"b":"y"}}', "body.a.b"),
    ("a number as it is written", '{"a":1}', '{"a":1.0}', "body.a"),
    ("a number and a text", '{"a":1}', '{"a":"1"}', "body.a"),
    ("a key more", '{"a":1}', '{"a":1,"b":2}', "body.b"),
    ("the order of keys", '{"a":1,"b":2}', '{"b":2,"a":1}', "body{order}"),
    ("the order of items", "[1,2]", "[2,1]", "body[]"),
    ("the number of items", "[1,2]", "[1]", "body"),
    ("null and empty", '{"a":null}', '{"a":""}', "body.a"),
    ("false and zero", '{"a":false}', '{"a":0}', "body.a"),
    ("an old date", '["2020-01-01 00:00:00.000Z"]', '["2020-01-01 00:00:00.001Z"]', "body[]"),
    ("a claim", json.dumps(token(id="a", exp=SOON)), json.dumps(token(id="b", exp=SOON)), "body"),
    (
        "how a token is signed",
        json.dumps(token("HS256", exp=SOON)),
        json.dumps(token("HS512", exp=SOON)),
        "body",
    ),
    ("how long a token lasts", json.dumps(token(exp=SOON)), json.dumps(token(exp=SOON + 300)), "body"),
    ("what is not JSON", "one", "other", "body"),
]


def test_tokens_made_a_moment_apart_do_not_differ() -> None:
    soon = int(time.time()) + 600
    left, right = (seen(json.dumps(token(id="a", exp=end))) for end in (soon, soon + 1))
    assert list(find_differences(left, right)) == []


@pytest.mark.parametrize(("name", "left", "right"), SAME, ids=[row[0] for row in SAME])
def test_what_is_random_does_not_differ(name: str, left: str, right: str) -> None:
    assert list(find_differences(seen(left), seen(right))) == []


@pytest.mark.parametrize(("name", "left", "right", "path"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_what_differs_is_named(name: str, left: str, right: str, path: str) -> None:
    assert set(find_differences(seen(left), seen(right))) == {path}


def test_status_and_headers_count_and_other_headers_do_not() -> None:
    one, other = seen("{}"), seen("{}", status=400)
    assert list(find_differences(one, other)) == ["status"]
    assert one["headers"] == {"content-type": "application/json"}


def test_ids_that_the_cases_name_stay() -> None:
    assert seen('["aaaaaaaaaaaaaaa"]', literal=frozenset({"aaaaaaaaaaaaaaa"}))["body"] == ["aaaaaaaaaaaaaaa"]


def test_kept_values_are_shown_by_their_name_wherever_they_stand() -> None:
    assert seen('{"message":"not keptkeptkeptkep!"}')["body"] == {"message": "not <kept>!"}


def test_a_case_may_say_what_is_random() -> None:
    assert seen('["users123"]', line="x | - | GET / | random users[0-9]+")["body"] == ["<random>"]


def test_picked_answers_are_compared_without_the_order_of_their_keys() -> None:
    assert list(seen('{"b":1,"a":2}', line="x | - | GET /?fields=a,b")["body"]) == ["a", "b"]


def test_a_line_is_a_case() -> None:
    line = 'a case | ann | PATCH /a?b=c || d | {"x":"y"} | header A: b: c | keep one=a.b two=c | is 200'
    assert read_case("file", line) == Case(
        "file: a case",
        "ann",
        "PATCH",
        "/a?b=c || d",
        "json",
        '{"x":"y"}',
        headers=(("A", "b: c"),),
        keep={"one": "a.b", "two": "c"},
        status=200,
    )


@pytest.mark.parametrize("line", ["x | - | GET / | nope 1", "x | - | GET / | {bad", "x | - "])
def test_a_line_with_a_mistake_is_refused(line: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        read_case("file", line)


def test_a_line_may_send_files() -> None:
    line = "x | - | POST / | multipart title=a | file doc=a%09{name}.txt=b=c%0A | file doc=b=@x 3"
    head = b"--parity-boundary\r\nContent-Disposition: form-data; "
    type_ = b"Content-Type: application/octet-stream"
    assert body_of(read_case("file", line), {"name": "kept"}) == b"".join(
        [
            head + b'name="title"\r\n\r\na\r\n',
            head + b'name="doc"; filename="a\tkept.txt"\r\n' + type_ + b"\r\n\r\nb=c\n\r\n",
            head + b'name="doc"; filename="b"\r\n' + type_ + b"\r\n\r\nxxx\r\n",
            b"--parity-boundary--\r\n",
        ]
    )


def test_names_of_files_are_shown_by_their_label_in_headers() -> None:
    told = seen_file(content_disposition='inline; filename="a_1234567890.png"')["headers"]
    assert told == {"content-disposition": 'inline; filename="<name>"'}


def test_when_a_file_was_written_counts_unless_it_is_now() -> None:
    now = formatdate(usegmt=True)
    assert seen_file(last_modified=now)["headers"] == {"last-modified": "<now>"}
    old = "Sun, 01 Jan 2017 00:00:00 GMT"
    assert seen_file(last_modified=old)["headers"] == {"last-modified": old}


def test_the_length_counts_when_only_the_head_of_a_file_is_asked_for() -> None:
    told = {"content_length": "5", "content_disposition": "inline"}
    assert "content-length" in seen_file("x | - | HEAD /", **told)["headers"]
    assert "content-length" not in seen_file("x | - | GET /", **told)["headers"]
    assert "content-length" not in seen_file("x | - | HEAD /", content_length="5")["headers"]


def test_a_header_may_be_kept() -> None:
    case = read_case("file", "x | - | GET / | keep when=headers.last-modified id=id")
    assert find_kept(case, Answer(200, {"last-modified": "now"}, '{"id":"a"}')) == {"when": "now", "id": "a"}


PICTURES = [
    ("@png 8x8", "PNG", "8 x 8", "RGB"),
    ("@jpeg 80x80 CMYK", "JPEG", "80 x 80", "CMYK"),
    ("@gif 8x8", "GIF", "8 x 8", "P"),
    ("@webp 80x80 RGBA", "WEBP", "80 x 80", "RGBA"),
]


@pytest.mark.parametrize(("text", "kind", "size", "mode"), PICTURES, ids=[row[0] for row in PICTURES])
def test_what_counts_of_a_picture(text: str, kind: str, size: str, mode: str) -> None:
    seen = describe_picture(make_content(text))
    assert (seen["format"], seen["size"]) == (kind, size)
    assert seen["mode"] in (mode, "RGB")  # WebP forgets what is nowhere clear
    assert seen["colours"] == ["1001", "1001", "0101", "1111", "1111"]


def test_what_is_clear_has_no_colour() -> None:
    assert describe_picture(make_content("@png 8x8 RGBA clear"))["colours"][-1] == "clear"


def test_a_picture_is_compared_by_what_it_shows() -> None:
    assert seen_file("x | - | GET / | picture")["body"]["size"] == "4 x 8"


def test_targets_are_encoded_where_http_asks_for_it_and_nowhere_else() -> None:
    assert as_sent("/a%2Fb?filter=x = 'ü'&y=\"1\"") == "/a%2Fb?filter=x%20=%20'%C3%BC'&y=%221%22"


@pytest.mark.parametrize(("path", "found"), [("a.0.b", "x"), ("a.1.b", None), ("n", "1"), ("z", None)])
def test_values_are_kept_by_path(path: str, found: str | None) -> None:
    assert find_path('{"a":[{"b":"x"}],"n":1}', path) == found


DOCUMENT = """
| Case | Differs | Why |
|---|---|---|
| `file: a*` | `status`, `body.*` | Because of the reason. |

| Other | Table |
|---|---|
| `file: b` | not read |
"""


def test_known_differences_are_read_from_the_document(tmp_path: Path) -> None:
    document = tmp_path / "differences.md"
    document.write_text(DOCUMENT)
    assert read_known(document) == [Known("file: a*", ("status", "body.*"), "Because of the reason.")]


LISTED = Known("file: a*", ("status", "body.*"), "Because.")
FAULTS = [
    ("equal", (), None, False),
    ("different", ("status",), None, True),
    ("different as listed", ("status", "body.a"), LISTED, False),
    ("more than listed", ("status", "headers.vary"), LISTED, True),
    ("listed and equal", (), LISTED, True),
]


@pytest.mark.parametrize(("name", "differing", "known", "fails"), FAULTS, ids=[row[0] for row in FAULTS])
def test_what_fails(name: str, differing: tuple[str, ...], known: Known | None, fails: bool) -> None:
    case = read_case("file", "a case | - | GET /")
    assert bool(Outcome(case, 200, differing, "diff", known).fault) is fails


def test_numbers_are_not_texts() -> None:
    assert list(find_differences(Number("1"), "1")) == [""]
