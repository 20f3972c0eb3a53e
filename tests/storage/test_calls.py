"""Counting calls."""

import threading

from chalicelib.storage.engine import Engine


def make_engine() -> Engine:
    return Engine("t", lambda operation, arguments: {"ConsumedCapacity": {"CapacityUnits": 2.0}})


def test_calls_and_units_add_up() -> None:
    engine = make_engine()
    engine.calls.reset()
    engine.get(("a", "b"))
    engine.get(("a", "c"))
    assert engine.calls.by_operation == {"GetItem": 2}
    assert (engine.calls.total, engine.calls.read_units, engine.calls.write_units) == (2, 4.0, 0.0)


def test_every_thread_counts_its_own() -> None:
    engine = make_engine()
    engine.calls.reset()
    seen = []

    def work() -> None:
        engine.get(("a", "b"))
        seen.append(engine.calls.total)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1, 1, 1]
    assert engine.calls.total == 0
