"""When mails were posted last: one of two who post at once is first, and nothing is written for nobody."""

import pytest

from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import ConditionFailed
from chalicelib.storage.sent import find_last_sent, sent_removal, sent_write, untaken_checks

NOW = 1_800_000_000_000


def test_what_was_never_sent(engine: Engine) -> None:
    assert find_last_sent("reset/users/ann") == 0
    assert engine.calls.by_operation == {"GetItem": 1}


def test_the_last_time_is_kept_by_name(engine: Engine) -> None:
    engine.write_all([sent_write("a", 0, NOW)])
    engine.write_all([sent_write("a", NOW, NOW + 5)])
    assert (find_last_sent("a"), find_last_sent("b")) == (NOW + 5, 0)


@pytest.mark.parametrize("last", [0, NOW])
def test_one_of_two_is_first(engine: Engine, last: int) -> None:
    if last:
        engine.write_all([sent_write("a", 0, last)])
    engine.write_all([sent_write("a", last, NOW + 1)])
    with pytest.raises(ConditionFailed):
        engine.write_all([sent_write("a", last, NOW + 2)])
    assert find_last_sent("a") == NOW + 1


def test_what_expired_meanwhile_is_noted_anew(engine: Engine) -> None:
    engine.write_all([sent_write("a", NOW, NOW + 1)])
    assert find_last_sent("a") == NOW + 1


def test_what_is_forgotten_was_never_sent(engine: Engine) -> None:
    engine.write_all([sent_write("a", 0, NOW), sent_write("b", 0, NOW)])
    engine.write_all([sent_removal("a"), sent_removal("c")])
    assert (find_last_sent("a"), find_last_sent("b")) == (0, NOW)


def test_checks_write_nothing(engine: Engine) -> None:
    engine.write_all(untaken_checks(2))
    assert engine.calls.by_operation == {"TransactWriteItems": 1}
    engine.write_all([sent_write("a", 0, NOW)])
    assert find_last_sent("a") == NOW
