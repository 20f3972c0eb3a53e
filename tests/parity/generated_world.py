"""Random collections with random indexes and records, from small pools of values: much is equal, much is odd.

`posts` has every type of field. It refers to `teams`, to `people` and to itself; `notes` refer to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

CHOICES = ["a", "b", "c"]
TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "Ab",
    "aB",
    "b",
    "b ",
    "1",
    "1.0",
    "10",
    "2024",
    "é",
    "É",
    "éa",
    "a%",
    "a_b",
    "~",
    "null",
]
NUMBERS = [-2, -0.5, 0, 1, 1.5, 2, 10, 1e21, 0.1]
DATES = [
    "",
    "2024-01-01 00:00:00.000Z",
    "2024-02-01 12:00:00.000Z",
    "2024-02-01 12:00:00.001Z",
    "2030-06-15 08:30:00.000Z",
]
JSON = [
    None,
    1,
    2.5,
    "a",
    "",
    True,
    [],
    [1, 2],
    ["a", "b"],
    {"a": 1},
    {"a": {"b": "x"}},
    {"a": [1, 2]},
    [{"a": 1}, {"a": 2}],
]
# What is stored: mostly a few texts.
STORED = [*["a", "A", "ab", "b", ""] * 6, *TEXTS]
PLACES = [{"lon": 0, "lat": 0}, {"lon": 23.3, "lat": 42.7}, {"lon": -74, "lat": 40.7}]
MAILS = ["", "ann@example.com", "bob@example.com", "Ann@example.com", "cy@other.org"]
LINKS = ["", "https://example.com", "https://example.com/a", "http://other.org"]
HTML = ["", "<p>a</p>", "ab", "<b>A</b>"]
PEOPLE = ["ann", "bob", "cy"]
PASSWORD = "generated-pass-1"
PLAIN = ["t", "u", "n", "b", "d", "k", "r", "e", "w"]
# Mostly these are indexed, filtered by and sorted by.
COMMON = ["t", "u", "n", "k", "r", "d", "b"]
COUNTS = {"teams": 4, "posts": 24, "notes": 14}
WHERES = ["n > 0", "t != ''", "b = 1", "k = 'a'", "t = 'a' AND n >= 1", "u IS NOT NULL", "n = 1 OR k = 'b'"]


@dataclass(frozen=True)
class World:
    """Definitions of collections, and the records to create in them, in this order."""

    collections: Sequence[Mapping[str, Any]]
    records: Sequence[tuple[str, Mapping[str, Any]]]

    @property
    def indexed(self) -> list[list[str]]:
        """The columns of each index on posts."""
        posts = next(each for each in self.collections if each["name"] == "posts")
        inside = [statement.split("(")[1].split(")")[0] for statement in posts["indexes"]]
        return [[column.split()[0] for column in columns.split(", ")] for columns in inside]


def make_world(random: Random) -> World:
    """The same for the same random numbers."""
    collections = [_people(), _teams(random), _posts(random), _notes(random)]
    return World(collections, list(_records(random)))


def id_of(name: str, at: int) -> str:
    """The id of a record: 15 characters.

    >>> id_of("teams", 2)
    'teams0000000002'
    """
    return f"{name}{at:0{15 - len(name)}d}"


def collection_id(name: str) -> str:
    """The id of a collection."""
    return f"pbgen{name:0<10}"


def _field(name: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **options}


def _relation(name: str, to: str, most: int = 1) -> dict[str, Any]:
    return _field(name, "relation", collectionId=collection_id(to), maxSelect=most)


def _collection(name: str, fields: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    rules = {"listRule": "", "viewRule": ""}
    return {"id": collection_id(name), "name": name, "type": "base", **rules, "fields": fields, **more}


def _people() -> dict[str, Any]:
    return _collection("people", [_field("nick", "text"), _field("age", "number")], type="auth")


def _teams(random: Random) -> dict[str, Any]:
    fields = [_field("name", "text"), _field("size", "number"), _relation("lead", "people")]
    fields.append(_field("tags", "select", values=CHOICES, maxSelect=3))
    indexes = ["CREATE INDEX teams_name ON teams (name)"] if random.random() < 0.5 else []
    return _collection("teams", fields, indexes=indexes)


def _posts(random: Random) -> dict[str, Any]:
    fields = [
        *(_field(name, "text") for name in ("t", "u")),
        _field("n", "number"),
        _field("b", "bool"),
        _field("d", "date"),
        _field("k", "select", values=CHOICES),
        _field("ks", "select", values=CHOICES, maxSelect=3),
        _field("e", "email"),
        _field("w", "url"),
        _field("h", "editor"),
        _field("j", "json"),
        _field("g", "geoPoint"),
        _relation("r", "teams"),
        _relation("rs", "teams", 4),
        _relation("own", "people"),
        _relation("up", "posts"),
        _field("created", "autodate", onCreate=True),
        _field("hid", "text", hidden=True),
    ]
    return _collection("posts", fields, indexes=_indexes(random))


def _notes(random: Random) -> dict[str, Any]:
    fields = [
        _field("m", "text"),
        _field("x", "number"),
        _relation("post", "posts"),
        _relation("posts", "posts", 3),
    ]
    indexes = ["CREATE UNIQUE INDEX notes_post ON notes (post)"] if random.random() < 0.3 else []
    return _collection("notes", fields, indexes=indexes)


def _indexes(random: Random) -> list[str]:
    """None of them twice: that is refused."""
    made = [_index(random, at) for at in range(random.randint(1, 5))]
    return list({statement.partition(" ON ")[2]: statement for statement in made}.values())


def _index(random: Random, at: int) -> str:
    columns = [_column(random, name) for name in random.sample(COMMON, random.choice([1, 1, 2, 2, 3]))]
    columns += ["id"] if random.random() < 0.4 else []
    unique = "UNIQUE " if random.random() < 0.15 else ""
    where = f" WHERE {random.choice(WHERES)}" if random.random() < 0.25 else ""
    return f"CREATE {unique}INDEX posts_{at} ON posts ({', '.join(columns)}){where}"


def _column(random: Random, name: str) -> str:
    collation = random.choice(["", "", "", "", "", " COLLATE NOCASE", " COLLATE RTRIM"])
    return f"{name}{collation}{random.choice(['', '', ' DESC'])}"


def _records(random: Random) -> Any:
    for name in PEOPLE:
        yield "people", _person(random, name)
    for name, make in (("teams", _team), ("posts", _post), ("notes", _note)):
        for at in range(COUNTS[name]):
            yield name, {"id": id_of(name, at), **make(random, at)}


def _person(random: Random, name: str) -> dict[str, Any]:
    return {
        "id": id_of("people", PEOPLE.index(name)),
        "email": f"{name}@example.com",
        "password": PASSWORD,
        "passwordConfirm": PASSWORD,
        "nick": random.choice(STORED),
        "age": random.choice(NUMBERS),
        "emailVisibility": random.random() < 0.5,
    }


def _team(random: Random, _: int) -> dict[str, Any]:
    return {
        "name": random.choice(STORED),
        "size": random.choice(NUMBERS),
        "lead": _one(random, "people", len(PEOPLE)),
        "tags": _some(random, CHOICES),
    }


def _post(random: Random, at: int) -> dict[str, Any]:
    return {
        "t": random.choice(STORED),
        "u": random.choice(["", "u1", "U1", "u2", "u3"]),
        "n": random.choice(NUMBERS),
        "b": random.random() < 0.5,
        "d": random.choice(DATES),
        "k": random.choice(["", *CHOICES]),
        "ks": _some(random, CHOICES),
        "e": random.choice(MAILS),
        "w": random.choice(LINKS),
        "h": random.choice(HTML),
        "j": random.choice(JSON),
        "g": random.choice(PLACES),
        "r": _one(random, "teams", COUNTS["teams"]),
        "rs": _some(random, [id_of("teams", each) for each in range(COUNTS["teams"])]),
        "own": _one(random, "people", len(PEOPLE)),
        "up": _one(random, "posts", at) if at else "",
        "hid": random.choice(TEXTS),
    }


def _note(random: Random, _: int) -> dict[str, Any]:
    return {
        "m": random.choice(STORED),
        "x": random.choice(NUMBERS),
        "post": _one(random, "posts", COUNTS["posts"]),
        "posts": _some(random, [id_of("posts", each) for each in range(8)])[:3],
    }


def _one(random: Random, name: str, count: int) -> str:
    return id_of(name, random.randrange(count)) if random.random() < 0.8 else ""


def _some(random: Random, pool: Sequence[str]) -> list[str]:
    return random.sample(pool, random.randint(0, min(3, len(pool))))
