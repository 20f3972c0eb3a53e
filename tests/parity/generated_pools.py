"""What random filters are made of: values that fit the fields, paths and what fits them, rules, nonsense."""

from collections.abc import Callable, Mapping
from random import Random

from tests.parity.generated_world import (
    CHOICES,
    DATES,
    LINKS,
    MAILS,
    NUMBERS,
    PEOPLE,
    STORED,
    TEXTS,
    id_of,
)


def quoted(text: str) -> str:
    """A text as the language has it.

    >>> print(quoted("it's"))
    'it\\'s'
    """
    return "'" + text.replace("'", "\\'") + "'"


def _texts(random: Random) -> str:
    return quoted(random.choice([*STORED, *TEXTS]))


def _numbers(random: Random) -> str:
    return f"{random.choice([each for each in NUMBERS if each < 1e20])}"


def _ids(name: str, count: int) -> Callable[[Random], str]:
    return lambda random: quoted(random.choice(["", *(id_of(name, at) for at in range(count))]))


def _moments(random: Random) -> str:
    macros = ["@now", "@todayStart", "@yearEnd", "@tomorrow", "@yesterday", "@monthStart"]
    return random.choice([*map(quoted, DATES), "'2024-02-01'", "'2024'", *macros])


FITTING: Mapping[str, Callable[[Random], str]] = {
    "t": _texts,
    "u": lambda random: random.choice(["'u1'", "'U1'", "'u2'", "''"]),
    "n": lambda random: random.choice([_numbers(random), "'1'", "null"]),
    "b": lambda random: random.choice(["true", "false", "1", "0"]),
    "d": _moments,
    "k": lambda random: random.choice(["'a'", "'b'", "''", "null"]),
    "e": lambda random: quoted(random.choice(MAILS)),
    "w": lambda random: quoted(random.choice(LINKS)),
    "r": _ids("teams", 4),
    "own": _ids("people", 3),
    "id": _ids("posts", 24),
}
STARTS = [
    "'a%'",
    "'A%'",
    "'2%'",
    "'1.%'",
    "'a_%'",
    "'%b'",
    "'a'",
    "'é%'",
    "'É%'",
    r"'a\%%'",
    "'ab%'",
    "'%'",
    "''",
]
# Paths beyond the record's own columns, and what to compare them with.
ODD: Mapping[str, Callable[[Random], str]] = {
    "r.name": _texts,
    "r.size": _numbers,
    "r.id": _ids("teams", 4),
    "r.lead.nick": _texts,
    "r.lead": _ids("people", 3),
    "r.tags": _texts,
    "rs": _ids("teams", 4),
    "rs.id": _ids("teams", 4),
    "rs.name": _texts,
    "rs.size": _numbers,
    "rs.lead.age": _numbers,
    "rs:length": _numbers,
    "rs:each": _ids("teams", 4),
    "ks": lambda random: quoted(random.choice(CHOICES)),
    "ks:each": lambda random: quoted(random.choice([*CHOICES, ""])),
    "ks:length": _numbers,
    "t:lower": _texts,
    "r.name:lower": _texts,
    "up.t": _texts,
    "up.n": _numbers,
    "up.up.k": _texts,
    "up.r.name": _texts,
    "own.nick": _texts,
    "own.email": lambda random: quoted(f"{random.choice(PEOPLE)}@example.com"),
    "own.age": _numbers,
    "notes_via_post.m": _texts,
    "notes_via_post.x": _numbers,
    "notes_via_post.id": _ids("notes", 14),
    "notes_via_posts.m": _texts,
    "notes_via_posts.x": _numbers,
    "posts_via_up.n": _numbers,
    "posts_via_up.r.name": _texts,
    "j": _texts,
    "j.a": _numbers,
    "j.a.b": _texts,
    "j.0": _numbers,
    "g.lon": _numbers,
    "h": _texts,
    "hid": _texts,
    "created": _moments,
    "@collection.teams.name": _texts,
    "@collection.teams.id": _ids("teams", 4),
    "@collection.notes.x": _numbers,
    "@collection.notes:other.m": _texts,
    "@collection.teams.lead.nick": _texts,
    "@request.query.q": _texts,
    "@request.headers.x_q": _texts,
    "@request.method": lambda _: "'GET'",
    "geoDistance(g.lon, g.lat, 23, 42)": lambda random: random.choice(["100", "1", "10000"]),
    "strftime('%Y', d)": lambda _: "'2024'",
}
LINKING = [
    "@collection.teams.name ?= 'a' && @collection.teams.id ?= r",
    "r = @collection.teams.id && @collection.teams.name ?= 'ab'",
    "@collection.teams.name ?= t",
    "@collection.teams.lead ?= own && @collection.teams.size ?> 0",
    "@collection.notes.post ?= id",
    "@collection.notes.post = id",
    "@collection.notes:x.post ?= id && @collection.notes:x.x ?>= 1",
    "up.id = up",
    "r = up.r",
    "rs.id ?= r",
    "own = r.lead",
]
WRONG = [
    "n = ",
    "nope = 1",
    "r.nope = 1",
    "t = 'a",
    "(n = 1",
    "n == 1",
    "@collection.nope.a = 1",
    "n = 1 &&",
    "ks.id = 'a'",
    "t:nope = 1",
    "@request.nope = 1",
]
RULES = [
    "own = @request.auth.id",
    "@request.auth.id != ''",
    "@request.auth.id ?= own || b = true",
    "r.lead = @request.auth.id",
    "rs.lead ?= @request.auth.id",
    "@request.auth.age > n",
    "own.email = @request.auth.email",
    "@request.query.q = t",
    "@request.query.q:isset = true && n > 0",
    "@request.headers.x_q = k",
    "@request.auth.posts_via_own.id ?= id",
    "@collection.teams.lead ?= @request.auth.id && @collection.teams.id ?= r",
    "@request.auth.nick:lower = t:lower",
]
