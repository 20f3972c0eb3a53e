"""``?fields=``. Expectations were taken from PocketBase 0.40.6."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.picking import PAGE_KEYS, PickError, pick

RECORD = {
    "id": "abc",
    "title": "t0 <b>hello</b> &amp; world this is long",
    "n": 0,
    "s": ["a", "b"],
    "p": {"lon": 0, "lat": 1},
    "j": {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}, "x": "yes"},
    "expand": {"author": {"id": "u1", "name": "Ann"}, "tags": [{"id": "t1", "name": "x"}]},
}

PICKED: list[tuple[str, Any]] = [
    ("", RECORD),
    (" ", RECORD),
    (",", RECORD),
    ("*", RECORD),
    ("id", {"id": "abc"}),
    ("id , n", {"id": "abc", "n": 0}),
    ("id,,n", {"id": "abc", "n": 0}),
    ("nope", {}),
    ("nope.x", {}),
    ("ID", {}),
    (".id", {}),
    ("'id'", {}),
    ("id.", {"id": "abc"}),
    ("id,'a,b'", {"id": "abc"}),
    ("'id,n'", {}),
    ('id,"n,s",p.lon', {"id": "abc", "p": {"lon": 0}}),
    ("a`b,c`d,id", {"id": "abc"}),
    ("id,(a,b),n", {"id": "abc", "n": 0}),
    ("id,),n", {"id": "abc", "n": 0}),
    ("id()", {}),
    ("a\\',id", {"id": "abc"}),
    ("id;n", {}),
    ("id n", {}),
    ("j", {"j": RECORD["j"]}),
    ("j.a", {"j": {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}}}),
    ("j.a.b.c", {"j": {"a": {"b": [{"c": 1}, {"c": 3}]}}}),
    ("j.x,j.a.b.d", {"j": {"a": {"b": [{"d": 2}, {}]}, "x": "yes"}}),
    ("j.a.b.*", {"j": {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}}}),
    ("j.a.b.0", {"j": {"a": {"b": [{}, {}]}}}),
    ("j.*", {"j": RECORD["j"]}),
    ("j,j.x", {"j": RECORD["j"]}),
    ("j.x,j", {"j": RECORD["j"]}),
    ("j..x", {"j": {}}),
    ("j. x", {"j": {}}),
    ("j.*.b", {"j": {}}),
    ("*.a", {}),
    ("*.*", {}),
    ("*,j.x", {**RECORD, "j": {"x": "yes"}}),
    ("j.x,*", {**RECORD, "j": {"x": "yes"}}),
    ("j.*,j.a.b.d", {"j": {"a": {"b": [{"d": 2}, {}]}, "x": "yes"}}),
    ("s.0", {"s": ["a", "b"]}),
    ("title.x", {"title": RECORD["title"]}),
    ("p.lon", {"p": {"lon": 0}}),
    ("expand.author.name", {"expand": {"author": {"name": "Ann"}}}),
    ("expand.tags.id,id", {"id": "abc", "expand": {"tags": [{"id": "t1"}]}}),
    ("title:excerpt(5)", {"title": "t0 he"}),
    ("title:excerpt(5,true)", {"title": "t0 he..."}),
    ("title:excerpt( 5 , true )", {"title": "t0 he..."}),
    ("title:excerpt (5)", {"title": "t0 he"}),
    ("title:excerpt(5)trail", {"title": "t0 he"}),
    ("title:excerpt(+5)", {"title": "t0 he"}),
    ("title:excerpt(5.9)", {"title": "t0 he"}),
    ("title:excerpt(5,1)", {"title": "t0 he..."}),
    ("title:excerpt(5,T)", {"title": "t0 he..."}),
    ("title:excerpt(5,false)", {"title": "t0 he"}),
    ("title:excerpt(5,yes)", {"title": "t0 he"}),
    ("title:excerpt(5,)", {"title": "t0 he"}),
    ("n:excerpt(2)", {"n": 0}),
    ("s:excerpt(1)", {"s": ["a", "b"]}),
    ("j:excerpt(2)", {"j": RECORD["j"]}),
    ("j.x:excerpt(2)", {"j": {"x": "ye"}}),
    ("j.*:excerpt(2)", {"j": {"a": RECORD["j"]["a"], "x": "ye"}}),
    ("j,j.x:excerpt(1)", {"j": RECORD["j"]}),
    ("id,id:excerpt(2)", {"id": "ab"}),
    ("id:excerpt(2),id", {"id": "abc"}),
    ("*,title:excerpt(5)", {**RECORD, "title": "t0 he"}),
]

REFUSED = [
    "title:excerpt",
    "title:excerpt()",
    "title:excerpt(0)",
    "title:excerpt(-1)",
    "title:excerpt(abc)",
    "title:excerpt(1e1)",
    "title:excerpt(,true)",
    "title:excerpt(5,true,3)",
    "title:excerpt(5",
    "(((",
    "(id))(",
    "'",
    "id'",
    'id,"n',
    "id,`",
    "it's",
    "title:excerpt(5):excerpt(3)",
    "title:excerpt(100000000000000000000)",
    "title:Excerpt(3)",
    "title:nope(3)",
    "title:nope",
    "title:",
    "id:lower",
]


@pytest.mark.parametrize(("fields", "expected"), PICKED)
def test_picked(fields: str, expected: Any) -> None:
    assert pick(RECORD, fields) == expected


@pytest.mark.parametrize("fields", REFUSED)
def test_refused(fields: str) -> None:
    with pytest.raises(PickError):
        pick(RECORD, fields)


@pytest.mark.parametrize(
    ("fields", "items"),
    [
        ("id", [{"id": "abc"}]),
        ("items.id", [{}]),
        ("page", [{}]),
        ("*", [RECORD]),
        ("id,page", [{"id": "abc"}]),
    ],
)
def test_in_a_list_answer_paths_start_at_the_items(fields: str, items: Any) -> None:
    counts = {"page": 1, "perPage": 30, "totalItems": 1, "totalPages": 1}
    assert pick({"items": [RECORD], **counts}, fields) == {"items": items, **counts}


def test_each_of_a_plain_list_is_cut() -> None:
    assert pick([RECORD, RECORD], "id") == [{"id": "abc"}, {"id": "abc"}]


def test_what_is_no_object_stays() -> None:
    assert pick("text", "id") == "text"


def test_the_given_data_is_left_alone() -> None:
    data = {"a": {"b": 1, "c": "long text"}}
    pick(data, "a.c:excerpt(2)")
    assert data == {"a": {"b": 1, "c": "long text"}}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(json_values, st.text(alphabet="ab.*,: ()excrptn0159\x00é", max_size=30))
def test_any_text_picks_or_is_refused(data: Any, fields: str) -> None:
    try:
        picked = pick(data, fields)
    except PickError:
        return
    if isinstance(data, dict) and data.keys() != PAGE_KEYS:
        assert picked.keys() <= data.keys()


@given(st.dictionaries(st.sampled_from("abc"), json_values, max_size=3))
def test_naming_every_key_picks_everything(data: dict[str, Any]) -> None:
    assert pick(data, "a,b,c") == data


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["a.", "a,", "(", "a(,", ",)", "*.", ":", "a:excerpt(5),"])
def test_long_fields_take_no_time_and_no_stack(piece: str) -> None:
    with suppress(PickError):
        assert pick({"b": 1}, piece * 5_000) == {}


def test_paths_as_deep_as_data_can_be() -> None:
    data: Any = "end"
    for _ in range(150):
        data = {"a": data, "b": 1}
    picked = pick(data, ".".join("a" * 150))
    for _ in range(150):
        assert picked.keys() == {"a"}
        picked = picked["a"]
    assert picked == "end"
