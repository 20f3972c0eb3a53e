"""What a view reads, loaded."""

import pytest

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.views import database
from chalicelib.views.failures import SqlFailed
from chalicelib.views.load import Loader

BROKEN = Collection(type="view", name="broken", id="v1", view_query="select nope as id")
ENDLESS = Collection(
    type="view",
    name="endless",
    id="v2",
    view_query="with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) as id from c",
)


def test_views_that_cannot_be_read_do_not_count_as_depth() -> None:
    loader = Loader(Catalog([BROKEN]), lambda _: (), 10)
    for _ in range(12):
        with pytest.raises(SqlFailed, match="no such column: nope"):
            loader.read_view(BROKEN)


def test_the_time_is_the_request_s() -> None:
    loader = Loader(Catalog([ENDLESS]), lambda _: (), 10)
    loader.spent.milliseconds = database.MILLISECONDS
    with pytest.raises(SqlFailed, match="takes too long"):
        loader.read_view(ENDLESS)
    assert loader.spent.milliseconds < 1.5 * database.MILLISECONDS
