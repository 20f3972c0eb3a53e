"""Counting a request, and refusing it when there were too many.

The counters are in the table, so that limits hold across functions: a write unit per request, two for the
first after a pause. Nothing is read or written where limits are not enabled, for superusers, and for excluded
addresses.

When counting fails (the table is throttled) the request is refused as overloaded: who floods can throttle
only the counter of his own address, and must not get past it that way.
"""

from collections.abc import Mapping

from chalicelib.collections.load import peek_catalog
from chalicelib.errors import TooManyRequests
from chalicelib.limits.actions import NOT_OF_VIEWS, find_action
from chalicelib.limits.rules import GUESTS, SIGNED_IN, Asked, find_rule
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.settings.addresses import is_listed
from chalicelib.settings.load import peek_settings
from chalicelib.settings.model import RateLimitRule
from chalicelib.storage.rates import count_attempt

# What a batch does is counted apart from what is asked for by itself.
BATCH = "batch"


def are_requests_limited() -> bool:
    """Whether the settings limit anybody. Reading the request has brought them up to date."""
    return peek_settings().rate_limits.enabled


def limit_request(request: RequestInfo, route: str, parameters: Mapping[str, str]) -> None:
    """Count a request of a route (its pattern) with these parameters. Raises TooManyRequests.

    What names a collection that does not exist is not counted, whoever goes on refuses it.
    """
    limits = peek_settings().rate_limits
    if not limits.enabled or request.is_superuser or is_listed(request.ip, limits.excluded_ips):
        return
    action = find_action(request.method, route)
    collection = peek_catalog().find(parameters.get("collection", "")) if action else None
    if action and not _is_counted(action[0], collection):
        return
    audience = SIGNED_IN if request.auth else GUESTS
    name = collection.name if collection else ""
    asked = Asked(request.method, route.format(**parameters), audience, name, action)
    rule = find_rule(limits.rules, asked)
    if rule and count_attempt(_counter(rule, asked, request), rule.duration) > rule.max_requests:
        raise TooManyRequests()


def _is_counted(action: str, collection: Collection | None) -> bool:
    return collection is not None and not (collection.type == "view" and action in NOT_OF_VIEWS)


def _counter(rule: RateLimitRule, asked: Asked, request: RequestInfo) -> str:
    """What counts: a rule that is changed begins anew. Each action of each collection has its own."""
    limit = f"{rule.label}|{rule.audience}|{rule.max_requests}/{rule.duration}"
    action = f"{asked.collection}:{asked.action[0]}" if asked.action else ""
    realm = BATCH if request.context == BATCH else ""
    return "|".join(("rate", request.ip, realm, action, limit))
