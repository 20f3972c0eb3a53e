"""Totals that have gone wrong are put right, and only those."""

import pytest

from chalicelib.jobs.totals import reconcile_totals, recount_totals
from chalicelib.storage.counters import correct_total, find_difference, find_total
from chalicelib.storage.engine import Engine
from tests.services.records.conftest import blog  # noqa: F401
from tests.services.records.world import add, collection


@pytest.fixture
def space(blog: Engine) -> str:  # noqa: F811
    """Of a collection with three records, of which nobody has heard."""
    for place in range(3):
        add("authors", name=f"n{place}")
    return collection("authors").space


def test_one_difference_proves_nothing(space: str) -> None:
    assert reconcile_totals() == {}
    assert (find_total(space), find_difference(space)) == (None, 3)


def test_two_that_agree_do(space: str) -> None:
    reconcile_totals()
    assert reconcile_totals() == {"authors": 3}
    assert (find_total(space), find_difference(space)) == (3, 0)
    assert reconcile_totals() == {}
    assert find_total(space) == 3


def test_what_is_heard_meanwhile_was_only_behind(space: str) -> None:
    reconcile_totals()
    correct_total(space, 3)
    assert reconcile_totals() == {}
    assert reconcile_totals() == {}
    assert (find_total(space), find_difference(space)) == (3, 0)


def test_differences_that_differ_prove_nothing(space: str) -> None:
    reconcile_totals()
    correct_total(space, 9)
    assert reconcile_totals() == {}
    assert reconcile_totals() == {"authors": -6}
    assert find_total(space) == 3


def test_a_recount_believes_at_once(space: str, blog: Engine) -> None:  # noqa: F811
    correct_total(collection("posts").space, 7)
    recount_totals()
    assert (find_total(space), find_total(collection("posts").space)) == (3, 0)
    blog.calls.reset()
    recount_totals()
    assert blog.calls.write_units == 0
    assert blog.calls.by_operation["PutItem"] == 0
