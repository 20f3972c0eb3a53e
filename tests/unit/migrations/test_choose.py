"""Which migrations are applied and taken back."""

import pytest

from chalicelib.migrations.choose import choose_down, choose_up, describe
from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.written import Migration
from chalicelib.storage.migrations import Progress


def nothing():
    return ()


WRITTEN = [Migration(name, nothing, nothing) for name in ("0001_a", "0002_b", "0003_c")]
APPLIED = {"is_finished": True, "at": "2026-01-02 03:04:05.000Z"}


def begun(*progresses: Progress) -> dict[str, Progress]:
    return {each.name: each for each in progresses}


ONE = begun(Progress("0001_a", **APPLIED))
TWO = {**ONE, **begun(Progress("0002_b", **APPLIED))}
HALF_UP = {**ONE, **begun(Progress("0002_b", at="2026-01-02 03:04:05.000Z", done=("x",), records=40))}
HALF_DOWN = {**ONE, **begun(Progress("0002_b", "down", at="2026-01-02 03:04:05.000Z"))}
LATER_ALONE = begun(Progress("0002_b", **APPLIED))
FOREIGN = {**ONE, **begun(Progress("0009_theirs", **APPLIED))}


@pytest.mark.parametrize(
    ("progress", "to", "expected"),
    [
        ({}, None, ["0001_a", "0002_b", "0003_c"]),
        ({}, 2, ["0001_a", "0002_b"]),
        ({}, 0, []),
        (ONE, None, ["0002_b", "0003_c"]),
        (HALF_UP, None, ["0002_b", "0003_c"]),
        (HALF_UP, 1, []),
        (LATER_ALONE, None, ["0001_a", "0003_c"]),
        (FOREIGN, None, ["0002_b", "0003_c"]),
    ],
)
def test_up(progress, to, expected) -> None:
    assert [each.name for each in choose_up(WRITTEN, progress, to)] == expected


@pytest.mark.parametrize(
    ("progress", "to", "expected"),
    [
        ({}, None, []),
        (TWO, None, ["0002_b"]),
        (TWO, 1, ["0002_b"]),
        (TWO, 0, ["0002_b", "0001_a"]),
        (TWO, 2, []),
        (HALF_DOWN, None, ["0002_b"]),
        (HALF_DOWN, 0, ["0002_b", "0001_a"]),
    ],
)
def test_down(progress, to, expected) -> None:
    assert [each.name for each in choose_down(WRITTEN, progress, to)] == expected


@pytest.mark.parametrize(
    ("choose", "progress", "says"),
    [
        (choose_up, HALF_DOWN, "0002_b is unfinished: first let `migrate down` finish it"),
        (choose_down, HALF_UP, "0002_b is unfinished: first let `migrate up` finish it"),
        (choose_down, FOREIGN, "0009_theirs cannot be taken back without its file"),
    ],
)
def test_refused(choose, progress, says) -> None:
    with pytest.raises(MigrationFailed, match=says):
        choose(WRITTEN, progress)


def test_described() -> None:
    assert describe(WRITTEN, {**HALF_UP, **FOREIGN}) == [
        "0001_a  applied 2026-01-02 03:04:05.000Z",
        "0002_b  unfinished, being applied: complete steps: 1, then 40 records, last at"
        " 2026-01-02 03:04:05.000Z; `migrate up` goes on",
        "0003_c  not applied",
        "0009_theirs  applied 2026-01-02 03:04:05.000Z; its file is not here",
    ]
    assert describe([], HALF_DOWN)[1].startswith(
        "0002_b  unfinished, being taken back: complete steps: 0, last"
    )
