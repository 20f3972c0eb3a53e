"""Which route a path belongs to, as API Gateway decides it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class Branch:
    """The routes below one point of the path."""

    literal: dict[str, "Branch"] = field(default_factory=dict)
    variable: "Branch | None" = None
    name: str = ""
    route: str = ""


@dataclass(frozen=True)
class Match:
    """A route and the undecoded parts of the path that its variables stand for."""

    route: str
    captured: Mapping[str, str]


def grow(routes: Iterable[str]) -> Branch:
    """All routes as one tree."""
    root = Branch()
    for route in routes:
        branch = root
        for part in route.split("/")[1:]:
            branch = _step_down(branch, part)
        branch.route = route
    return root


def find_route(root: Branch, path: str) -> Match | None:
    """The route of a path; a literal part goes before a variable one, and there is no way back."""
    branch: Branch | None = root
    captured: dict[str, str] = {}
    for part in path.split("/")[1:]:
        assert branch is not None
        if part in branch.literal:
            branch = branch.literal[part]
        elif branch.variable is not None and part:
            captured[branch.variable.name] = part
            branch = branch.variable
        else:
            return None
    return Match(branch.route, captured) if branch and branch.route else None


def _step_down(branch: Branch, part: str) -> Branch:
    if not part.startswith("{"):
        return branch.literal.setdefault(part, Branch())
    if branch.variable is None:
        branch.variable = Branch(name=part.strip("{}"))
    return branch.variable
