"""What provisioning has to do: what is wanted beside what was found, as steps in words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.frozen import dataclass


@dataclass(frozen=True)
class Aspect:
    """One thing about the stage's resources, and how it is wanted.

    words       what has to be done where it is otherwise, as somebody would say it
    of          the resource that it is a part of, and is made with: nothing to do where that one is missing
    remedy      it cannot be changed: what to do about one that is otherwise
    once        it is made where it is missing; one that is otherwise is somebody's decision, and stays
    """

    key: str
    words: str
    wanted: Any = True
    of: str = ""
    remedy: str = ""
    once: bool = False


@dataclass(frozen=True)
class Unknown:
    """Found instead of a state: why there is none to compare with."""

    reason: str


@dataclass(frozen=True)
class Step:
    """Something to do."""

    key: str
    words: str
    wanted: Any


@dataclass(frozen=True)
class Plan:
    """What to do, what cannot be done by this command, and what is worth knowing."""

    steps: tuple[Step, ...] = ()
    refusals: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def make_plan(aspects: Sequence[Aspect], found: Mapping[str, Any]) -> Plan:
    """How to get from what was found to what is wanted. What was not found is missing, or not set.

    >>> make_plan([Aspect("ttl", "switch on expiry")], {}).steps
    (Step(key='ttl', words='switch on expiry', wanted=True),)
    >>> make_plan([Aspect("ttl", "switch on expiry")], {"ttl": True})
    Plan(steps=(), refusals=(), remarks=())
    """
    open_ones = [each for each in aspects if not _is_settled(each, found)]
    states = [(each, found.get(each.key)) for each in open_ones]
    return Plan(
        steps=tuple(
            Step(each.key, each.words, each.wanted) for each, state in states if _can_do(each, state)
        ),
        refusals=tuple(each.remedy for each, state in states if state is not None and _is_fixed(each, state)),
        remarks=tuple(
            f"not done: {each.words} ({state.reason})" for each, state in states if isinstance(state, Unknown)
        ),
    )


def holds(wanted: Any, state: Any) -> bool:
    """Whether a state is as wanted. What it has besides is not looked at: AWS adds its defaults.

    >>> holds({"a": [1]}, {"a": [1], "b": 2}), holds({"a": [1]}, {"a": [1, 2]}), holds(True, None)
    (True, False, False)
    """
    if isinstance(wanted, Mapping):
        return isinstance(state, Mapping) and all(holds(each, state.get(key)) for key, each in wanted.items())
    if isinstance(wanted, list | tuple):
        return (
            isinstance(state, list | tuple) and len(wanted) == len(state) and all(map(holds, wanted, state))
        )
    return bool(wanted == state)


def _is_settled(aspect: Aspect, found: Mapping[str, Any]) -> bool:
    state = found.get(aspect.key)
    if isinstance(state, Unknown):
        return False
    is_made_with_another = bool(aspect.of) and found.get(aspect.of) is None
    return is_made_with_another or holds(aspect.wanted, state) or (aspect.once and state is not None)


def _is_fixed(aspect: Aspect, state: Any) -> bool:
    return bool(aspect.remedy) and state is not None and not isinstance(state, Unknown)


def _can_do(aspect: Aspect, state: Any) -> bool:
    return not isinstance(state, Unknown) and not _is_fixed(aspect, state)
