"""A batch comes to what its requests do one by one."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import ApiError
from chalicelib.records.batch_requests import Asked
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.related import RelatedRecords
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.storage.engine import Engine
from tests.services.records.batches import A, B, C, delete, patch, post, put, refusal, run, stored
from tests.services.records.world import ask, collection

IDS = st.sampled_from([A, B, C])
WORDS = st.sampled_from(["t", "u", "v"])
STEPS = st.one_of(
    st.builds(lambda id, name: post("tags", id=id, name=name), IDS, WORDS),
    st.builds(lambda id, name: put("tags", id=id, name=name), IDS, WORDS),
    st.builds(lambda id, name: patch("tags", id, name=name), IDS, WORDS),
    st.builds(lambda id: delete("tags", id), IDS),
    st.builds(lambda id, tags: put("posts", id=id, title="p", tags=tags), IDS, st.lists(IDS, max_size=2)),
)


def one_by_one(several: Sequence[Asked]) -> int | None:
    """Carry the same out as requests of their own; which one is refused first."""
    for number, asked in enumerate(several):
        name, record_id = asked.url.split("/")[3], asked.url.rpartition("/")[2]
        request = RequestInfo(method=asked.method, body=asked.body)
        given = str(asked.body.get("id", ""))
        is_there = asked.method == "PUT" and RelatedRecords().find(collection(name), given)
        try:
            if asked.method == "DELETE":
                delete_record(name, record_id, request)
            elif asked.method == "PATCH" or is_there:
                update_record(name, given if is_there else record_id, request)
            else:
                create_record(name, request)
        except ApiError:
            return number
    return None


@settings(max_examples=12)
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_a_batch_comes_to_what_its_requests_do_one_by_one(blog: Engine, several: Sequence[Asked]) -> None:
    """And refuses the one that is refused first, leaving nothing of those before it."""

    def clear() -> dict[str, dict[str, Any]]:
        for name in ("posts", "tags"):
            for record_id in stored()[name]:
                delete_record(name, record_id, ask())
        return seen()

    def seen() -> dict[str, dict[str, Any]]:
        kept = stored()
        return {
            name: {key: (values.get("name"), values.get("tags")) for key, (_, values) in kept[name].items()}
            for name in ("tags", "posts")
        }

    empty = clear()
    refused = one_by_one(several)
    expected = seen()
    clear()
    if refused is None:
        run(*several)
        assert seen() == expected
    else:
        assert refusal(*several)[0] == str(refused)
        assert seen() == empty
