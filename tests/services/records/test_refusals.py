"""What storage refuses, as a client is told."""

import pytest

from chalicelib.errors import BadRequest
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.storage.failures import Conflict, ItemTooLarge, StorageFailure, TooManyItems


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (BudgetExceeded(123), "more than 123 records"),
        (ItemTooLarge("x"), "376 KB"),
        (TooManyItems("x"), "100 items"),
    ],
)
def test_what_a_client_can_do_something_about_is_a_clear_refusal(failure: Exception, told: str) -> None:
    with pytest.raises(BadRequest, match=told) as refused, refusals_as_answers():
        raise failure
    assert refused.value.__cause__ is failure
    assert refused.value.data == {}


@pytest.mark.parametrize("failure", [Conflict("x"), StorageFailure("internal")])
def test_the_rest_goes_on(failure: Exception) -> None:
    with pytest.raises(type(failure)), refusals_as_answers():
        raise failure
