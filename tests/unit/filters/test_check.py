"""Rules about to be saved."""

import pytest

from chalicelib.filters import Scope, check_rule

RULES = [
    ("", None),
    ("author = @request.auth.id", None),
    ("author.secret = 's' && comments_via_post.name ?= 'x'", None),
    ("nosuch = 1", 'invalid left operand "nosuch" - unknown field "nosuch"'),
    ("1 = author.x.y", 'invalid right operand "author.x.y" - failed to resolve field "x"'),
    ("title = ", "invalid or incomplete filter expression"),
    (" ", "empty filter expression"),
]


@pytest.mark.parametrize(("rule", "message"), RULES)
def test_says_what_is_wrong(rule: str, message: str | None, posts: Scope) -> None:
    error = check_rule(rule, posts.collection, posts.catalog)
    assert (error and error.message) == message
