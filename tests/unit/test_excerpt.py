"""Excerpts of HTML. Expectations were taken from PocketBase 0.40.6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.excerpt import shorten

READ = [
    ("", ""),
    ("   ", ""),
    (" lead", "lead"),
    ("a  \n\t b", "a b"),
    ("a<p>b</p>c", "a b c"),
    ("a<p></p>c", "a c"),
    ("a<hr>c", "a c"),
    ("a<b>b</b>c", "abc"),
    ("a<br/>c", "ac"),
    ("<span>a</span><span>b</span>", "ab"),
    ("<div>a</div><div>b</div>", "a b"),
    ("<div>a<b>x</b>c</div>", "axc"),
    ("<ul><li>a</li><li>b</li></ul>", "a b"),
    ("<table><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></table>b", "x y z b"),
    ("<unknown>x</unknown>b", "x b"),
    ("<P>A</P><B>C</B>d", "A Cd"),
    ("<a href='x>y'>l</a>m", "lm"),
    ('<img alt="x">y', "y"),
    ("<script>a<b>c</script>d", "d"),
    ("<script>a", ""),
    ("<style>x</style>b", "b"),
    ("<embed>b", "b"),
    ("<svg><text>x</text></svg>b", "b"),
    ("<select><option>x</option></select>b", "b"),
    ("a<!-- c -->b", "ab"),
    ("a<!-- c", "a"),
    ("<?php x ?>b", "b"),
    ("a < b > c", "a < b > c"),
    ("<>a", "<>a"),
    ("</p>a", "a"),
    ("<p>a", "a"),
    ("a<b", "a"),
    ("x<aaa< y", "x"),
    ('<a "b> text', "text"),
    ('<a title="a<b">t', "t"),
    ('<a title="x', ""),
    ('<a =">b">c', 'b">c'),
    ('<p a = "x>y">z', "z"),
    ('<p a=x"y>z', "z"),
    ("<p <b>c", "c"),
    ("<!x<y>z", "z"),
    ("x<!-->y", "xy"),
    ("<!--a--!>b", "b"),
    ("x</", "x</"),
    ('<script>a<b "</script>t', "t"),
    ("<script>a</scriptx>b</SCRIPT >c", "c"),
    ("&lt;b&gt;", "<b>"),
    ("&amp;amp;", "&amp;"),
    ("&#65;&#x42; &copy;", "AB ©"),
    ("&nbsp;a&nbsp;b", "a\xa0b"),
]

CUT = [
    ("héllo wörld", 5, True, "héllo..."),
    ("héllo wörld", 5, False, "héllo"),
    ("héllo wörld", 10, True, "héllo wörl..."),
    ("héllo wörld", 11, True, "héllo wörld"),
    ("<p>abc</p><p>def</p>", 3, True, "abc..."),
    ("<p>abc</p><p>def</p>", 4, True, "abc..."),
    ("<p>abc</p><p>def</p>", 5, True, "abc d..."),
]


@pytest.mark.parametrize(("html", "expected"), READ)
def test_read(html: str, expected: str) -> None:
    assert shorten(html, 1000, True) == expected


@pytest.mark.parametrize(("html", "length", "with_ellipsis", "expected"), CUT)
def test_cut(html: str, length: int, with_ellipsis: bool, expected: str) -> None:
    assert shorten(html, length, with_ellipsis) == expected


@given(st.text(alphabet="<>/!-\"'& abps=;#x\n", max_size=60), st.integers(1, 20))
def test_never_longer_than_asked(html: str, length: int) -> None:
    assert len(shorten(html, length, False)) <= length


@pytest.mark.timeout(10)
@pytest.mark.parametrize("start", ["", "<", "<!", '"'])
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "<a ",
        "<a '",
        '<a "',
        "<!--",
        "<script>",
        "&",
        "<",
        "<a b='",
        "</",
        '="',
        '<a "<',
        "<a b =\n",
        "</script",
    ],
)
def test_long_broken_html_takes_no_time(start: str, piece: str) -> None:
    shorten(start + piece * 100_001 + "<", 10, True)
