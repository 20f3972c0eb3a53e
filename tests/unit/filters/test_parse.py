"""The grammar: what binds tighter, what the tree holds, the limits, and that no text is too strange."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.filters import FilterError, parse, parse_client_filter
from chalicelib.filters.parse import MAX_CLIENT_BYTES, MAX_COMPARISONS, MAX_DEPTH, count_comparisons
from chalicelib.filters.syntax import EVERYTHING, All, Any, Call, Comparison, Literal, Name

A = Comparison(Name("a", 0), "=", Literal(1.0, position=4))
PIECES = [
    "a",
    "b.c",
    "@now",
    "'x'",
    '"',
    "'",
    "1",
    "-",
    ".",
    "=",
    "?",
    "!",
    "~",
    "&&",
    "||",
    "|",
    "(",
    ")",
    ",",
    "//",
]
PIECES += ["\n", " ", "f(", ":each", "\\", "@request.auth.id", "null", "\x00", "é", "\ud800"]

TREES = [
    ("", EVERYTHING),
    ("a = 1", A),
    ("(((a = 1)))", Comparison(Name("a", 3), "=", Literal(1.0, position=7))),
    ("a ?~ 'x'", Comparison(Name("a", 0), "~", Literal("x", position=5), any_match=True)),
    ("a != TRUE", Comparison(Name("a", 0), "!=", Literal(1, True, 5))),
    ("f(b) = 1", Comparison(Call("f", (Name("b", 2),), 0), "=", Literal(1.0, position=7))),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_tree(text: str, tree: object) -> None:
    assert parse(text) == tree


def test_and_binds_tighter_than_or() -> None:
    tree = parse("a = 1 || b = 2 && c = 3 || d = 4")
    assert isinstance(tree, Any)
    assert [type(part) for part in tree.parts] == [Comparison, All, Comparison]


def test_brackets_come_first() -> None:
    tree = parse("a = 1 && (b = 2 || c = 3)")
    assert isinstance(tree, All)
    assert isinstance(tree.parts[1], Any)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a = 1 && (b = $)", 14),
        ("a = (b = 1)", 4),
        ("((a == 1))", 4),
        ("a = 1 b", 6),
        ("a = 1 &&", 8),
        ("(a", 0),
    ],
)
def test_errors_say_where(text: str, position: int) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.position == position


def test_length_of_a_client_filter_is_counted_in_bytes() -> None:
    longest = "a = '" + "x" * (MAX_CLIENT_BYTES - 6) + "'"
    assert count_comparisons(parse_client_filter(longest)) == 1
    with pytest.raises(FilterError):
        parse_client_filter(longest.replace("xx", "é") + " ")


def test_number_of_comparisons_is_limited_in_rules_too() -> None:
    most = " || ".join(["a = 1"] * MAX_COMPARISONS)
    assert count_comparisons(parse(most)) == MAX_COMPARISONS
    with pytest.raises(FilterError, match="max filter expressions limit reached"):
        parse(f"({most}) && a = 1")


def test_depth_is_limited() -> None:
    assert parse("(" * MAX_DEPTH + "a = 1" + ")" * MAX_DEPTH) != EVERYTHING
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(FilterError, match="deep"):
            parse("(" * depth + "a = 1" + ")" * depth)


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_raises_anything_but_filter_errors(text: str) -> None:
    try:
        parse_client_filter(text)
    except FilterError as error:
        assert error.message
