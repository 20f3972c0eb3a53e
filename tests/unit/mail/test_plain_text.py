"""The text part of a mail; the cases are what the real PocketBase makes of the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.plain_text import to_text

CASES = [
    ("", ""),
    ("just text", "just text"),
    ("<p>Hello,</p>\n<p>two  \n words</p>", "Hello, \r\ntwo words"),
    ("one<br>two<br/><br/>three", "one\r\ntwo\r\n\r\nthree"),
    ("<b>a</b> <i>b</i><div>c</div>d", "a b\r\ncd"),
    ("<ul><li>one</li> <li>two</li></ul>", "- one \r\n- two"),
    ("<a href='https://a.example/?x=1&amp;y=2'> go\n on </a>", "[go on](https://a.example/?x=1&y=2)"),
    ("<a href='https://a.example/'><img src=x></a>", "[LINK](https://a.example/)"),
    ("<a>x</a>", "[x]"),
    ("<a href='b'>x", "[x](b)"),
    ("<a href='b'>x<style>y", "[x](b)"),
    ("<a href='b'>x<a href='c'>y</a>", "[x](b)[y](c)"),
    ("a<style>p{}</style><script>x()</script><button>b <b>c</b></button><img src=x>d", "ad"),
    ("a<form>b<input>c</form>d", "ad"),
    ("&lt;b&gt; &amp; é&nbsp;✓", "<b> & é\xa0✓"),
    ("<!-- no -->x", "x"),
    ("<hr><table><tr><td>1</td><td>2</td></tr></table>", "1\r\n2"),
]


@pytest.mark.parametrize(("html", "text"), CASES)
def test_what_is_left_of_html(html: str, text: str) -> None:
    assert to_text(html) == text


PIECES = st.sampled_from(
    ["<p>", "</p>", "<a href=x>", "</a>", "<br>", "<style>", "</style>", "<li>", "t ", "&", "<"]
)


@settings(max_examples=50)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_whatever_it_is_it_becomes_text(html: str) -> None:
    text = to_text(html)
    assert text == text.strip()
