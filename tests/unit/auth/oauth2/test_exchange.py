"""A code is shown a second time only to a provider that may not have taken the client's header."""

import json
from collections.abc import Sequence

import pytest

from chalicelib.auth.oauth2 import exchange
from chalicelib.auth.oauth2.exchange import Code, fetch_grant
from chalicelib.auth.oauth2.outgoing import Answer, Call, CallFailed
from chalicelib.schema.auth_options import OAuth2Provider

PROVIDER = OAuth2Provider(name="oidc", client_id="client", client_secret="x", token_url="http://127.0.0.1:1")
TOKEN = Answer(200, {"content-type": "application/json"}, b'{"access_token":"a"}')


def refusal(status: int, error: str = "") -> Answer:
    body = json.dumps({"error": error} if error else {}).encode()
    return Answer(status, {"content-type": "application/json"}, body)


CASES = [
    ([TOKEN], 1),
    ([refusal(401), TOKEN], 2),
    ([refusal(401, "invalid_client"), TOKEN], 2),
    ([refusal(400, "invalid_client"), TOKEN], 2),
    ([refusal(400, "invalid_request"), TOKEN], 2),
    ([refusal(200, "incorrect_client_credentials"), TOKEN], 2),
    ([Answer(403, {}, b"<html>"), TOKEN], 2),
    ([refusal(400, "invalid_grant")], 1),
    ([refusal(401, "invalid_grant")], 1),
    ([refusal(200)], 1),
    ([refusal(500, "invalid_client")], 1),
    ([refusal(302)], 1),
    ([CallFailed("the answer takes too long")], 1),
    ([refusal(401), refusal(401)], 2),
]


@pytest.mark.parametrize(("answers", "calls"), CASES)
def test_how_often_a_code_is_shown(
    answers: Sequence[Answer | CallFailed], calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Call] = []

    def ask(call: Call) -> Answer:
        asked.append(call)
        answer = answers[len(asked) - 1]
        if isinstance(answer, CallFailed):
            raise answer
        return answer

    monkeypatch.setattr(exchange, "ask", ask)
    if answers[-1] is TOKEN:
        assert fetch_grant(PROVIDER, Code("c")).access == "a"
    else:
        with pytest.raises(CallFailed):
            fetch_grant(PROVIDER, Code("c"))
    assert len(asked) == calls
    assert ["Authorization" in call.headers for call in asked] == [True, False][:calls]
