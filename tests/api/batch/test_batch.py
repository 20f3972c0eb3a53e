"""POST /api/batch, while batches are off."""

import pytest

from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

REFUSED = '{"data":{},"message":"Batch requests are not allowed.","status":403}'
ONE = {"requests": [{"method": "POST", "url": "/api/collections/users/records", "body": {}}]}

SCENARIOS = [
    Scenario("a guest", "POST", "/api/batch", body=ONE, status=403, has=(REFUSED,)),
    Scenario("a superuser", "POST", "/api/batch", by="root", body=ONE, status=403, has=(REFUSED,)),
    Scenario("nothing", "POST", "/api/batch", status=403, has=(REFUSED,)),
    Scenario("malformed", "POST", "/api/batch", body="{", status=403, has=(REFUSED,)),
    Scenario("GET", "GET", "/api/batch", status=404, has=("File not found.",)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_batch(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})
