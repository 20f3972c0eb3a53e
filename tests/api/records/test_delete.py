"""DELETE /api/collections/{collection}/records/{id}."""

from collections.abc import Mapping

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play

NOT_FOUND = '{"data":{},"message":"The requested resource wasn\'t found.","status":404}'
REQUIRED = "Failed to delete record. Make sure that the record is not part of a required relation reference."


def delete(name: str, target: str, **expected: object) -> Scenario:
    collection, record = target.split("/")
    return Scenario(name, "DELETE", f"/api/collections/{collection}/records/{record}", **expected)  # type: ignore[arg-type]


SCENARIOS = [
    delete("anybody where the rule is empty", "posts/{a}", status=204),
    delete("a record that is not there", "posts/{c}", status=404, has=(NOT_FOUND,)),
    delete("a rule that matches", "notes/{a}", status=204),
    delete("a rule that does not", "notes/{b}", status=404, has=(NOT_FOUND,)),
    delete("superusers need no rule", "notes/{b}", by="root", status=204),
    delete(
        "no rule: a guest is refused",
        "safes/{a}",
        status=403,
        has=("Only superusers can perform this action.",),
    ),
    delete("no rule: a user is refused", "safes/{a}", by="ann", status=403),
    delete("no rule: a superuser is not", "safes/{a}", by="root", status=204),
    delete("no such collection", "nowhere/{a}", status=404, has=("Missing collection context.",)),
    delete("a required reference", "authors/{b}", status=400, has=('{"data":{},"message":"' + REQUIRED,)),
    delete("oneself", "users/{ann}", by="ann", status=204),
    delete("somebody else", "users/{zoe}", by="ann", status=404),
    delete(
        "the only superuser",
        "_superusers/testsuperuser01",
        by="root",
        status=400,
        has=('{"data":{},"message":"You can\'t delete the only existing superuser.","status":400}',),
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_delete(
    scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    answer = play(gateway, scenario, tokens, names)
    view = Scenario(
        "view", "GET", scenario.path, by="root", status=404 if scenario.status in (204, 404) else 200
    )
    if scenario.status == 204:
        assert (answer.text, "Content-Type" in answer.headers) == ("", False)
        play(gateway, view, tokens, names)
    elif scenario.status == 400:
        play(gateway, view, tokens, names)


def test_references_follow(gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]) -> None:
    play(gateway, delete("the post", "posts/{a}", status=204), tokens, names)
    path = "/api/collections/comments/records/{a}"
    play(gateway, Scenario("its comment is gone", "GET", path, status=404), tokens, names)
    play(gateway, delete("the tag", "tags/{a}", status=204), tokens, names)
