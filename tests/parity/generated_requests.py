"""Random list requests for the random world: filters, rules, sorts and pages, mostly sensible, some wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.parity.generated_pools import FITTING, LINKING, ODD, RULES, STARTS, WRONG
from tests.parity.generated_world import CHOICES, COMMON, PEOPLE, PLAIN, TEXTS

ROOT, GUEST = "root", ""
OPERATORS = ["=", "=", "=", "!=", ">", ">=", "<", "<=", "~", "!~"]
ANY_OPERATORS = [f"?{operator}" for operator in OPERATORS]


@dataclass(frozen=True)
class Request:
    """A list of `collection`, asked by somebody under a list rule (None leaves the open one)."""

    collection: str
    query: Mapping[str, Any]
    who: str = ROOT
    rule: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_loose(self) -> bool:
        """Whether PocketBase's order follows from how it happens to read: all must be there, in any order."""
        return not self.query.get("sort", "").endswith(("id", "@rowid"))

    @property
    def target(self) -> str:
        """Path and query."""
        return f"/api/collections/{self.collection}/records?{urlencode(self.query)}"


def make_comparison(random: Random) -> str:
    """Mostly what an index can serve, sometimes anything."""
    makers = (_plain_comparison, _edge_comparison, _start, _odd_comparison, _of_two_columns, _link)
    (make,) = random.choices(makers, (45, 8, 8, 28, 5, 6))
    return make(random)


def _plain_comparison(random: Random) -> str:
    name = random.choice([*COMMON, *COMMON, *PLAIN, "id", "own"])
    return _turned(random, name, random.choice([*OPERATORS, "=", "?="]), FITTING[name](random))


def _edge_comparison(random: Random) -> str:
    name = random.choice(["ks:each", "rs.id", "rs"])
    return f"{name} {random.choice(['?=', '?=', '=', '?!='])} {ODD[name](random)}"


def _start(random: Random) -> str:
    name = random.choice(["t", "t", "u", "k", "e", "d", "n", "r.name"])
    return f"{name} {random.choice(['~', '~', '!~', '?~'])} {random.choice(STARTS)}"


def _odd_comparison(random: Random) -> str:
    name = random.choice(list(ODD))
    value = random.choice([ODD[name](random)] * 4 + ["null", "''", "true"])
    return _turned(random, name, random.choice([*OPERATORS, *ANY_OPERATORS]), value)


def _of_two_columns(random: Random) -> str:
    names = [*PLAIN, *(name for name in ODD if "(" not in name)]
    return f"{random.choice(PLAIN)} {random.choice([*OPERATORS, '?='])} {random.choice(names)}"


def _link(random: Random) -> str:
    return random.choice(LINKING)


def _turned(random: Random, left: str, operator: str, right: str) -> str:
    return f"{right} {operator} {left}" if random.random() < 0.1 else f"{left} {operator} {right}"


def make_filter(random: Random, depth: int = 0) -> str:
    """A comparison, or several joined."""
    if depth > 2 or random.random() < (0.45, 0.6, 0.9)[min(depth, 2)]:
        return make_comparison(random)
    parts = [make_filter(random, depth + 1) for _ in range(random.randint(2, 3))]
    joint = random.choice([" && ", " || "])
    text = joint.join(parts)
    return f"({text})" if depth else text


def make_sort(random: Random) -> str:
    """Keys of which the last tells all records apart, now and then in the direction of an index."""
    sign = random.choice(["", "-"])
    names = random.sample([*COMMON * 3, "e", "r.name", "up.n", "own.nick"], random.choice([0, 0, 1, 1, 2]))
    signs = [sign if random.random() < 0.85 else random.choice(["", "-", "+"]) for _ in names]
    keys = [each + name for each, name in zip(signs, names, strict=True)]
    return ",".join([*dict.fromkeys(keys), sign + random.choice(["id", "@rowid", "@rowid"])])


def _make_page(random: Random) -> dict[str, Any]:
    page = {"page": random.choice([1, 2, 2, 3, 9])} if random.random() < 0.4 else {}
    return {"perPage": random.choice([1, 2, 3, 5, 10, 30, 100]), **page}


def _make_order(random: Random) -> dict[str, Any]:
    """A sort and a page of it; without what tells all records apart, one page has to have them all."""
    if random.random() < 0.15:
        return {"sort": random.choice(["", "-n", "t", "-k", "k,-n", "r.name", "rs.name"]), "perPage": 100}
    return {"sort": make_sort(random), **_make_page(random)}


def make_served(random: Random, columns: Sequence[str]) -> dict[str, Any]:
    """A filter and a sort that an index on these columns serves: equal ones, a range, then the order."""
    known = random.randint(0, min(2, len(columns)))
    parts = [f"{name} {random.choice(['=', '=', '?='])} {FITTING[name](random)}" for name in columns[:known]]
    if columns[known:] and random.random() < 0.4:
        end = random.choice([">", ">=", "<", "<=", "~"])
        parts.append(f"{columns[known]} {end} {FITTING[columns[known]](random)}")
    parts += [make_filter(random, 2)] if random.random() < 0.3 else []
    sign = random.choice(["", "-"])
    keys = [sign + name for name in (*columns[known:], "@rowid")]
    return {"filter": " && ".join(parts), "sort": ",".join(keys), **_make_page(random)}


def make_request(random: Random, indexed: Sequence[Sequence[str]]) -> Request:
    """A list of posts by somebody, often one that an index on the given columns serves."""
    who = random.choice([*[ROOT] * 6, GUEST, *PEOPLE])
    query: dict[str, Any] = {"fields": "id"}
    if random.random() < 0.4:
        query |= make_served(random, random.choice(indexed))
    else:
        query |= {"filter": _make_any_filter(random, who)} if random.random() < 0.93 else {}
        query |= _make_order(random)
    query |= {"skipTotal": random.choice(["1", "true", "0"])} if random.random() < 0.3 else {}
    query |= {"q": random.choice(TEXTS)} if random.random() < 0.2 else {}
    headers = {"x-q": random.choice(CHOICES)} if random.random() < 0.2 else {}
    return Request("posts", query, who, None, headers)


def _make_any_filter(random: Random, who: str) -> str:
    """Mostly one that is not refused."""
    if random.random() < 0.04:
        return random.choice(WRONG)
    made = make_filter(random)
    while who != ROOT and random.random() < 0.95 and ("@collection" in made or "@request" in made):
        made = make_filter(random)
    return made


def make_rule(random: Random) -> str:
    """A list rule: one that knows who asks, often with a filter beside it."""
    rule = random.choice(RULES)
    return (
        rule if random.random() < 0.5 else f"({rule}) {random.choice(['&&', '||'])} {make_filter(random, 1)}"
    )
