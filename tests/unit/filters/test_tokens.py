"""Tokens: where they end, what they hold, and what is said of malformed ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.filters import FilterError
from chalicelib.filters.tokens import read_token

TOKENS = [
    ("title = 1", ("identifier", "title", 5)),
    ("  \t\n title", ("identifier", "title", 10)),
    ("// a comment\ntitle", ("identifier", "title", 18)),
    ("@request.auth.id", ("identifier", "@request.auth.id", 16)),
    ("tags:each", ("identifier", "tags:each", 9)),
    ("-1.5)", ("number", "-1.5", 4)),
    ("01", ("number", "01", 2)),
    ("'it\\'s'", ("text", "it's", 7)),
    ('"it\'s"', ("text", "it's", 6)),
    (r"'a\\b\n'", ("text", r"a\b\n", 8)),
    ("?!= 1", ("sign", "?!=", 3)),
    ("&& x", ("join", "&&", 2)),
    ("(a = ')') x", ("group", "a = ')'", 9)),
    ("((a)) b", ("group", "(a)", 5)),
    ("", ("end", "", 0)),
    ("  // nothing", ("end", "", 12)),
]
MALFORMED = [
    ("title.", 'invalid identifier "title."', 0),
    ("@ = 1", 'invalid identifier "@"', 0),
    (" 1.", 'invalid number "1."', 1),
    ("-x", 'invalid number "-"', 0),
    ("==", 'invalid sign operator "=="', 0),
    ("&", 'invalid join operator "&"', 0),
    ("'open", 'invalid quoted text "\'open"', 0),
    ("(a = (b)", "invalid formatted group - missing 1 closing bracket(s)", 0),
    ("$", "unexpected character '$'", 0),
    ("\r", r"unexpected character '\r'", 0),
    ("\u00a0", r"unexpected character '\u00a0'", 0),
    ("/ x", "invalid comment", 0),
    ("f(1 2)", 'expected comma after the last argument in function "f"', 4),
    ("f(,)", 'unexpected comma in function "f"', 2),
    ("f(1", "invalid or incomplete function \"f\" (expected ')')", 0),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_reads(text: str, expected: tuple[str, str, int]) -> None:
    token = read_token(text, 0)
    assert (token.kind, token.text, token.end) == expected


@pytest.mark.parametrize(("text", "message", "position"), MALFORMED)
def test_refuses(text: str, message: str, position: int) -> None:
    with pytest.raises(FilterError) as caught:
        read_token(text, 0)
    assert (caught.value.message, caught.value.position) == (message, position)


def test_reads_arguments() -> None:
    token = read_token("f( 'a' , -1 // c\n, @now, g(x), )", 0)
    assert [(each.kind, each.text) for each in token.arguments] == [
        ("text", "a"),
        ("number", "-1"),
        ("identifier", "@now"),
        ("function", "g"),
    ]


@given(st.text(st.characters(exclude_characters="'\\\"")))
def test_quoted_text_is_kept_whole(content: str) -> None:
    assert read_token(f"'{content}'", 0).text == content
