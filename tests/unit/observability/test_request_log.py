"""Facts about the request at hand."""

from contextvars import Context

from chalicelib.observability.request_log import gathered_facts, note_facts, start_facts


def test_facts_are_gathered_until_the_next_request() -> None:
    start_facts()
    note_facts(auth_id="abc")
    note_facts(auth_collection="users")
    assert gathered_facts() == {"auth_id": "abc", "auth_collection": "users"}
    start_facts()
    assert gathered_facts() == {}


def test_outside_a_request_nothing_is_kept() -> None:
    def note() -> dict[str, object]:
        note_facts(a=1)
        return dict(gathered_facts())

    assert Context().run(note) == {}


def test_requests_served_at_once_do_not_mix() -> None:
    def serve(name: str) -> dict[str, object]:
        start_facts()
        note_facts(name=name)
        return dict(gathered_facts())

    start_facts()
    note_facts(name="outer")
    assert Context().run(serve, "inner") == {"name": "inner"}
    assert gathered_facts() == {"name": "outer"}
