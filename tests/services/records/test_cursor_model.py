"""Whatever is in a collection, however it is read: by cursor comes what one page would show, in its order."""

from collections.abc import Callable

from hypothesis import event, given, settings

from chalicelib.errors import BadRequest
from chalicelib.observability.request_log import gathered_facts, start_facts
from chalicelib.paging import PageRequest
from chalicelib.records.query import list_records
from chalicelib.schema.record import Record
from tests.services.records.test_model import store
from tests.services.records.world import ask, collection
from tests.unit.filters.generated import World, worlds


@settings(max_examples=15)
@given(world=worlds())
def test_by_cursor(start_anew: Callable[[], None], world: World) -> None:
    start_anew()
    store(world)
    root = ask(Record(collection("_superusers"), {"id": "testsuperuser01"}))
    texts = {"sort": world.sort, "filter": world.filter}
    start_facts()
    try:
        whole = list_records("things", root, PageRequest(per_page=1000, cursor="", **texts))
    except BadRequest:
        assert gathered_facts()["plan"].endswith("sorted")
        event("refused")
        return
    assert whole.cursor == ""
    everything = list_records("things", root, PageRequest(per_page=1000, **texts))
    assert sorted(each["id"] for each in everything.items) == sorted(each["id"] for each in whole.items)
    seen, cursor = [], ""
    for _ in range(len(whole.items) + 1):
        page = list_records("things", root, PageRequest(per_page=world.per_page, cursor=cursor, **texts))
        seen += page.items
        cursor = page.cursor or ""
        assert len(page.items) == world.per_page or not cursor
        if not cursor:
            break
    assert seen == whole.items
    event("read")
