"""Random lists give what the real PocketBase gives: the same records, in the same order, counted alike."""

import pytest

from tests.parity.generated import Tally, compare
from tests.servers import Server

# Which worlds are made. Others: python -m tests.parity.generated --seed 7 --count 10000
SEED, WORLDS, PER_WORLD = 20, 4, 80
# Ways to read that must have been taken, or the requests do not show much.
WAYS = ("rowid", "gsi", "=", "~", "edge", "ids", "union", "sorted", "filtered", "found some", "status 400")


@pytest.mark.parity
@pytest.mark.xdist_group("parity")
@pytest.mark.timeout(300)
def test_random_lists_are_the_same(real: Server, ours: Server) -> None:
    tally = Tally()
    places = [(SEED, number, PER_WORLD) for number in range(WORLDS)]
    found = [each for place in places for each in compare((real, ours), place, tally)]
    assert not found, "\n".join(map(str, found))
    rare = [way for way in WAYS if tally.kinds[way] < 3]
    assert not rare, f"{rare} are rare: {tally}"
    assert tally.kinds["found some"] > WORLDS * PER_WORLD / 3
