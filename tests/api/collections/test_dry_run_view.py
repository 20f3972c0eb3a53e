"""POST /api/collections/meta/dry-run-view: who may, and what is no query."""

import pytest

from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

PATH = "/api/collections/meta/dry-run-view"
ONE = "select 'a' as id, 1 as x"


def dry(query: object, status: int = 200, *has: str) -> Scenario:
    return Scenario(str(query)[:40], "POST", PATH, {"query": query}, by="root", status=status, has=has)


SCENARIOS = [
    Scenario("a guest", "POST", PATH, {"query": ONE}, status=401),
    dry(ONE, 200, '"name":"x"', '"sample":[{"collectionId"', '"id":"a","x":1'),
    dry("", 400, "Cannot be blank."),
    dry(5, 400, "An error occurred while loading the submitted data."),
    dry("x" * 5001, 400, "validation_length_too_long"),
    dry("select 1", 400, "Invalid view query. Raw error: \\nmissing required id column"),
    dry("select * from users", 400, "wildcard columns"),
    dry("select id from users; drop table users", 400, "multiple statements are not supported."),
    dry("delete from users", 400, "syntax error"),
    dry("select name as id from sqlite_master", 400, "no such table"),
    dry("select name as id from pragma_table_list", 400),
    dry("select load_extension('x') as id", 400),
    dry("select zeroblob(1000000000) as id", 400, "string or blob too big"),
    dry("select 'a') as id", 400),
    dry("select 'a' as id) union select 1 --", 400),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_dry_run(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})
