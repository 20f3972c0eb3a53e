"""x-quoll-cost: who is told what a request cost, and how."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from chalicelib.config import get_config
from chalicelib.routes import cost
from dev.gateway import Gateway
from tests.api.records.conftest import names, tokens  # noqa: F401
from tests.services.records.conftest import blog  # noqa: F401

FORM = re.compile(r"read=\d+\.\d write=[\d.]+ items=\d+( plan=.+)?")
NOWHERE = "/api/collections/nowhere/records"
Tell = Callable[..., str]
POSTS = "/api/collections/posts/records"


@pytest.fixture
def tell(gateway: Gateway, tokens: Mapping[str, str]) -> Tell:  # noqa: F811
    """What somebody is told of a request's cost; empty when nothing."""

    def ask(target: str, by: str = "", method: str = "GET", body: bytes = b"") -> str:
        headers = {"Authorization": tokens[by]} if by else {}
        answer = gateway.handle(method, target, {**headers, "Content-Type": "application/json"}, body)
        return answer[1].get(cost.HEADER, "")

    return ask


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cost, "get_config", lambda: replace(get_config(), stage="prod"))
    return


@pytest.mark.parametrize(
    ("target", "items", "plan"),
    [
        (POSTS, 2, "rowid"),
        (f"{POSTS}?sort=-@rowid", 2, "-rowid"),
        (f"{POSTS}?perPage=1&skipTotal=1", 1, "rowid"),
        (f"{POSTS}?filter=count%3E0&sort=title", 2, "rowid filtered sorted"),
        (f"{POSTS}?filter=id='aaaaaaaaaaaaaaa'", 1, "1 ids filtered"),
        (f"{POSTS}?cursor=", 2, "rowid"),
        ("/api/collections/tags/records?filter=name='red'", 1, "unique(one_tag) filtered"),
        (f"{POSTS}?filter=author.name='bob'", 4, "rowid filtered"),
        ("/api/health", 0, ""),
        (NOWHERE, 0, ""),
    ],
)
def test_on_the_local_stage_everybody_is_told(tell: Tell, target: str, items: int, plan: str) -> None:
    told = tell(target)
    assert FORM.fullmatch(told)
    assert f"items={items}" in told.split()
    assert told.partition(" plan=")[2] == plan


@pytest.mark.parametrize(
    "target", [POSTS, "/api/health", "/api/collections/nowhere/records", f"{POSTS}?filter=((("]
)
@pytest.mark.parametrize(
    ("by", "is_told"), [("", False), ("ann", False), ("nonsense", False), ("root", True)]
)
@pytest.mark.usefixtures("in_production")
def test_elsewhere_superusers_are(tell: Tell, target: str, by: str, is_told: bool) -> None:
    told = tell(target, by)
    assert bool(told and FORM.fullmatch(told)) == is_told
    assert is_told or not told


def test_writes_have_a_price(tell: Tell) -> None:
    told = tell(POSTS, method="POST", body=b'{"title":"x"}')
    assert FORM.fullmatch(told)
    assert "write=0" not in told.split()


def test_what_the_request_before_read_does_not_count(tell: Tell) -> None:
    assert tell(POSTS) == tell(POSTS)
    assert "items=0" in tell("/api/health").split()


def test_head_is_told_as_well(tell: Tell) -> None:
    assert tell(POSTS, method="HEAD") == tell(POSTS)


@pytest.mark.parametrize(
    ("plan", "shown"),
    [
        ("a\r\nset-cookie: x", "a??set-cookie: x"),
        ("é\u2028\x7f", "???"),
        ("x" * 999, "x" * cost.LONGEST_PLAN),
    ],
)
def test_a_plan_cannot_break_the_header(plan: str, shown: str) -> None:
    units = {"read_units": 1.0, "write_units": 2.5}
    assert cost.describe_cost(units, {"plan": plan, "items": 3}) == f"read=1.0 write=2.5 items=3 plan={shown}"
