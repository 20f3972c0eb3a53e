"""Which rule limits a request. Pure.

Rules are asked for by one label after another: the collection's action by each of its names, any
collection's action by each, the path with its method, the path. Rules for others than who asks do not count.
"""

from collections.abc import Iterable, Iterator

from chalicelib.frozen import dataclass
from chalicelib.limits.actions import Action
from chalicelib.settings.model import RateLimitRule

GUESTS = "@guest"
SIGNED_IN = "@auth"


@dataclass(frozen=True)
class Asked:
    """What a rule can see of a request. `collection` is a name, where there is an `action`."""

    method: str
    path: str
    audience: str = GUESTS
    collection: str = ""
    action: Action = ()


def find_rule(rules: Iterable[RateLimitRule], asked: Asked) -> RateLimitRule | None:
    """The rule that limits it."""
    fitting = [rule for rule in rules if rule.audience in ("", asked.audience)]
    found = (_find_labelled(fitting, label) for label in labels_of(asked))
    return next((rule for rule in found if rule), None)


def labels_of(asked: Asked) -> Iterator[str]:
    """What a rule for it may be called, the narrowest first.

    >>> list(labels_of(Asked("GET", "/api/x", collection="posts", action=("list",))))
    ['posts:list', '*:list', 'GET /api/x', '/api/x']
    """
    for collection in (asked.collection, "*"):
        yield from (f"{collection}:{name}" for name in asked.action)
    yield f"{asked.method} {asked.path}"
    yield asked.path


def _find_labelled(rules: list[RateLimitRule], label: str) -> RateLimitRule | None:
    """The rule of this label, else the first whose label ends with / and is how it begins."""
    exact = (rule for rule in rules if rule.label == label)
    begins = (rule for rule in rules if rule.label.endswith("/") and f"{label}/".startswith(rule.label))
    return next(exact, None) or next(begins, None)
