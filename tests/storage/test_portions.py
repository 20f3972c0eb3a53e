"""Many changes as several transactions: none is larger than one may be, and each change is in one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.record import Record
from chalicelib.storage.claims import claim_keys
from chalicelib.storage.edges import edge_keys
from chalicelib.storage.engine import TRANSACTION_MAX
from chalicelib.storage.portions import in_portions
from chalicelib.storage.transactions import Change, Create, Delete, Update
from tests.storage.indexed import make_indexed
from tests.storage.samples import PEOPLE, make_record

THINGS = make_indexed("(title)")


def thing(number: int, edges: int) -> Record:
    """A record with so many edges."""
    likes = [f"person{n}" for n in range(edges)]
    return make_record(THINGS, f"thing{number:010}", likes=likes)


def person(number: int) -> Record:
    return make_record(PEOPLE, f"p{number}", name=f"n{number}", slug=f"s{number}")


def items_of(change: Change) -> int:
    """How many items a change writes at most: old and new ones of an update may all differ."""
    sides = [change.before, change.after] if isinstance(change, Update) else [change.record]
    return 1 + sum(len(claim_keys(side)) + len(edge_keys(side)) for side in sides)


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ([], []),
        ([Delete(thing(n, 0)) for n in range(250)], [100, 100, 50]),
        ([Delete(thing(n, 4)) for n in range(50)], [20, 20, 10]),
        ([Create(thing(n, 9)) for n in range(11)], [10, 1]),
        ([Update(thing(n, 9), thing(n, 15)) for n in range(5)], [4, 1]),
        ([Delete(person(n)) for n in range(40)], [33, 7]),
        ([Update(person(n), person(n)) for n in range(25)], [20, 5]),
        ([Delete(thing(0, 98)), Delete(thing(1, 0)), Delete(thing(2, 0))], [2, 1]),
        ([Delete(thing(0, 300)), Delete(thing(1, 0))], [1, 1]),
    ],
)
def test_claims_and_edges_count(changes: list[Change], sizes: list[int]) -> None:
    assert [len(portion) for portion in in_portions(changes)] == sizes


@given(st.lists(st.integers(0, 120), max_size=30), st.integers(0, 5))
def test_no_portion_is_too_large_but_one_of_a_single_change(edges: list[int], beside: int) -> None:
    changes: list[Change] = [Delete(thing(n, count)) for n, count in enumerate(edges)]
    portions = list(in_portions(changes, beside))
    assert [change for portion in portions for change in portion] == changes
    for portion in portions:
        assert len(portion) == 1 or sum(map(items_of, portion)) + beside <= TRANSACTION_MAX
