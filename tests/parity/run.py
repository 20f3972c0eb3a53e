"""Plays a file of cases on two servers and judges what differs."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parity.cases import Case, read_cases
from tests.parity.known import Known
from tests.parity.normal import ID, find_differences, normalize, show
from tests.parity.send import Answer, Talk, ask, find_kept, talk_to
from tests.servers import Server


@dataclass(frozen=True)
class Outcome:
    """One case on both servers. `differing` are the paths at which they disagree."""

    case: Case
    status: int
    differing: tuple[str, ...]
    diff: str = ""
    known: Known | None = None

    @property
    def is_listed(self) -> bool:
        return self.known is not None and not self.fault

    @property
    def fault(self) -> str:
        """Why this case fails; empty when it does not."""
        if self.known and not self.differing:
            return "is listed as a difference, and does not differ any more"
        if self.known and all(map(self.known.explains, self.differing)):
            return ""
        return f"differs at {', '.join(self.differing)}\n{self.diff}" if self.differing else ""


def play_file(path: Path, servers: tuple[Server, Server], known: Sequence[Known] = ()) -> list[Outcome]:
    """Every case of a file on the real server (the first) and on the other."""
    literal = frozenset(ID.findall(path.read_text()))
    real, other = servers
    with talk_to(real) as one, talk_to(other) as two:
        return [_play(case, (one, two), literal, known) for case in read_cases(path)]


def _play(case: Case, talks: tuple[Talk, Talk], literal: frozenset[str], known: Sequence[Known]) -> Outcome:
    answers = [ask(talk, case) for talk in talks]
    _expect_sense(case, answers[0])
    left, right = (
        normalize(talk, case, answer, literal) for talk, answer in zip(talks, answers, strict=True)
    )
    row = next((row for row in known if row.covers(case.name)), None)
    differing = tuple(dict.fromkeys(find_differences(left, right)))
    return Outcome(case, answers[0].status, differing, _diff(left, right), row)


def _diff(left: Any, right: Any) -> str:
    lines = difflib.unified_diff(list(show(left)), list(show(right)), "real", "other", lineterm="", n=2)
    return "\n".join(lines)


def _expect_sense(case: Case, answer: Answer) -> None:
    """A case that does not do on the real server what it is there for would compare two equal nothings."""
    said = f"{case}: the real server answers {answer.status} {answer.text}"
    assert case.status in (None, answer.status), f"{said}, not {case.status}"
    assert find_kept(case, answer).keys() == case.keep.keys(), f"{said}, which has not all of {case.keep}"


def summarize(outcomes: Sequence[Outcome]) -> str:
    """``N pairs, M equal, K listed differences``."""
    equal = sum(not outcome.differing for outcome in outcomes)
    listed = sum(outcome.is_listed for outcome in outcomes)
    return f"{len(outcomes)} pairs, {equal} equal, {listed} listed differences"


def report(outcomes: Sequence[Outcome], shown: int = 8) -> str:
    """The failing cases: the first in full, the others by name."""
    failing = [outcome for outcome in outcomes if outcome.fault]
    full = [f"{o.case}: {o.fault}" for o in failing[:shown]]
    brief = [f"{o.case}: differs at {', '.join(o.differing)}" for o in failing[shown:]]
    return "\n\n".join([*full, *brief])
