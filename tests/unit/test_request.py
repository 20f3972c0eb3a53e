"""A request as rules see it."""

import pytest

from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record


@pytest.mark.parametrize(("auth", "is_superuser"), [(None, False), ("users", False), ("_superusers", True)])
def test_who_is_a_superuser(auth: str | None, is_superuser: bool) -> None:
    record = Record(Collection(name=auth, type="auth")) if auth else None
    assert RequestInfo(auth=record).is_superuser is is_superuser


def test_in_another_context_the_rest_stays() -> None:
    request = RequestInfo(method="POST", query={"a": "b"})
    assert request.within("password") == RequestInfo(method="POST", query={"a": "b"}, context="password")
    assert request.context == "default"
