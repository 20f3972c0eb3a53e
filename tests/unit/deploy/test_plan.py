"""What is wanted beside what was found."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.deploy.plan import Aspect, Plan, Step, Unknown, holds, make_plan

TABLE = Aspect("table", "make it")
STREAM = Aspect("stream", "switch it on", "NEW", of="table", remedy="switch the other one off")
EXPIRY = Aspect("expiry", "expire", "ttl")
CORS = Aspect("cors", "open it", ["*"], once=True)

CASES: list[tuple[Aspect, dict[str, Any], Plan]] = [
    (TABLE, {}, Plan((Step("table", "make it", True),))),
    (TABLE, {"table": True}, Plan()),
    (STREAM, {}, Plan()),  # made with the table
    (STREAM, {"table": True}, Plan((Step("stream", "switch it on", "NEW"),))),
    (STREAM, {"table": True, "stream": "NEW"}, Plan()),
    (STREAM, {"table": True, "stream": "OLD"}, Plan(refusals=("switch the other one off",))),
    (EXPIRY, {"expiry": "other"}, Plan((Step("expiry", "expire", "ttl"),))),
    (CORS, {}, Plan((Step("cors", "open it", ["*"]),))),
    (CORS, {"cors": ["https://example.com"]}, Plan()),
    (EXPIRY, {"expiry": Unknown("nobody may ask")}, Plan(remarks=("not done: expire (nobody may ask)",))),
    (CORS, {"cors": Unknown("nobody may ask")}, Plan(remarks=("not done: open it (nobody may ask)",))),
    (STREAM, {"table": True, "stream": Unknown("why")}, Plan(remarks=("not done: switch it on (why)",))),
]

HELD = [
    (True, True, True),
    (True, None, False),
    ({"a": 1}, {"a": 1, "b": 2}, True),
    ({"a": 1}, {"b": 2}, False),
    ({"a": {"b": [1]}}, {"a": {"b": [1], "c": 3}}, True),
    ({"a": 1}, None, False),
    ([{"a": 1}], [{"a": 1, "b": 2}], True),
    ([{"a": 1}], [{"a": 1}, {"a": 2}], False),
    ([1], 1, False),
    (500, 500.0, True),
]


@pytest.mark.parametrize(("aspect", "found", "plan"), CASES)
def test_plan(aspect: Aspect, found: dict[str, Any], plan: Plan) -> None:
    assert make_plan([aspect], found) == plan


@pytest.mark.parametrize(("wanted", "state", "expected"), HELD)
def test_holds(wanted: Any, state: Any, expected: bool) -> None:
    assert holds(wanted, state) is expected


states = st.one_of(st.none(), st.booleans(), st.text(max_size=2), st.builds(Unknown, st.just("why")))
aspects = st.lists(
    st.builds(
        Aspect,
        st.sampled_from("abcdef"),
        st.just("do it"),
        st.one_of(st.booleans(), st.text(max_size=2)),
        of=st.sampled_from(["", "a"]),
        remedy=st.sampled_from(["", "by hand"]),
        once=st.booleans(),
    ),
    unique_by=lambda each: each.key,
)


@given(aspects, st.dictionaries(st.sampled_from("abcdef"), states))
def test_once_the_steps_are_done_there_are_none(wanted: list[Aspect], found: dict[str, Any]) -> None:
    plan = make_plan(wanted, found)
    done = {**found, **{step.key: step.wanted for step in plan.steps}}
    # What was made together with something else is as wanted then, too.
    done |= {each.key: each.wanted for each in wanted if each.of and found.get(each.of) is None}
    after = make_plan(wanted, done)
    assert not after.steps
    assert len(after.refusals) <= len(plan.refusals)
