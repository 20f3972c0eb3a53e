"""Are these rules about how often a client may ask what PocketBase takes? Pure."""

import re
from collections.abc import Sequence

from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none
from chalicelib.settings.checks import check_addresses, check_choice, check_number
from chalicelib.settings.model import RateLimitRule, RateLimits

AUDIENCES = ("@guest", "@auth")
NOT_A_LABEL = Problem("validation_match_invalid", "Must be in a valid format.")
# A path or its beginning, with a method or without; or a collection's action: posts:list, *:auth, auth.
_LABEL = re.compile(r"(?:\w+ )?/[\w/-]*|(?:\w+|\*):\w+|\w+", re.ASCII)


def check_rate_limits(limits: RateLimits) -> Problems:
    """What is wrong with the group."""
    return without_none({"rules": _check_rules(limits), "excludedIPs": check_addresses(limits.excluded_ips)})


def _check_rules(limits: RateLimits) -> Problem | Problems | None:
    """Which rules conflict is only asked of rules that are valid, and told of the first."""
    if not limits.rules:
        return REQUIRED if limits.enabled else None
    found = without_none({str(place): _check_rule(rule) for place, rule in enumerate(limits.rules)})
    return found or _find_conflict(limits.rules)


def _check_rule(rule: RateLimitRule) -> Problems:
    return without_none(
        {
            "label": _check_label(rule.label),
            "audience": check_choice(rule.audience, AUDIENCES),
            "duration": check_number(rule.duration, 1, True),
            "maxRequests": check_number(rule.max_requests, 1, True),
        }
    )


def _check_label(label: str) -> Problem | None:
    if not label:
        return REQUIRED
    return None if _LABEL.fullmatch(label) else NOT_A_LABEL


def _find_conflict(rules: Sequence[RateLimitRule]) -> Problems:
    """A label may come once for everybody, or once for each audience."""
    seen: dict[str, set[str]] = {}
    for place, rule in enumerate(rules):
        audiences = seen.setdefault(rule.label, set())
        if audiences and (not rule.audience or audiences & {"", rule.audience}):
            return {str(place): {"label": _conflict(rule.label)}}
        audiences.add(rule.audience)
    return {}


def _conflict(label: str) -> Problem:
    return Problem(
        "validation_conflicting_rate_limit_rule",
        f"Rate limit rule configuration with label {label} already exists or conflicts with another rule.",
        {"label": label},
    )
