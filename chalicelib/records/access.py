"""Who may do what: the rule of an action, and whether a record satisfies it. Superusers pass every rule."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.errors import BadRequest, Forbidden, NotFound
from chalicelib.filters import (
    ALWAYS,
    NEVER,
    NEW_ROOT,
    FilterError,
    Node,
    RecordSource,
    Scope,
    bind,
    matches,
    parse,
)
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

ONLY_SUPERUSERS = "Only superusers can perform this action."
MISSING = "Missing collection context."
VIEWS_ONLY_SHOW = "Unsupported collection type."
READING = frozenset({"list", "view"})
# PocketBase looks at the collection of a write earlier, to know how large the body may be.
MISSING_FOR_BODY = "Missing or invalid collection context."


def open_collection(catalog: Catalog, name: str, action: str, request: RequestInfo) -> Collection:
    """The collection, unless this request is refused before any record is looked at.

    Refusals come in PocketBase's order: no such collection, an unreadable body, a rule for superusers only.
    """
    missing = MISSING_FOR_BODY if action in {"create", "update"} else MISSING
    collection = require_collection(catalog, name, missing)
    if collection.type == "view" and action not in READING:
        raise BadRequest(VIEWS_ONLY_SHOW)
    _read_body(request)
    if rule_of(collection, action) is None and not request.is_superuser:
        raise Forbidden(ONLY_SUPERUSERS)
    return collection


def require_collection(catalog: Catalog, name: str, missing: str) -> Collection:
    """The collection. Raises NotFound, saying what is missing."""
    collection = catalog.find(name)
    if collection is None:
        raise NotFound(missing)
    return collection


def rule_of(collection: Collection, action: str) -> str | None:
    """The rule of "list", "view", "create", "update" or "delete"."""
    rule: str | None = getattr(collection, f"{action}_rule")
    return rule


def scope_of(collection: Collection, request: RequestInfo, source: RecordSource) -> Scope:
    """Where a rule of the collection stands in this request."""
    return Scope(collection, source.catalog, request, clock.now())


def scope_for(record: Record, request: RequestInfo, source: RecordSource) -> Scope:
    """Where a rule stands that is asked about one record, which may not be stored yet."""
    scope = scope_of(record.collection, request, source)
    return scope if record.rev else replace(scope, root=NEW_ROOT)


def bind_rule(rule: str | None, scope: Scope) -> Node:
    """A rule as a bound filter. Raises FilterError for a rule that names what exists no more."""
    if scope.request.is_superuser:
        return ALWAYS
    return NEVER if rule is None else bind(parse(rule), scope)


def satisfies(record: Record, rule: str | None, request: RequestInfo, source: RecordSource) -> bool:
    """Whether one record satisfies a rule. A rule that has become invalid is satisfied by none."""
    try:
        bound = bind_rule(rule, scope_for(record, request, source))
    except FilterError:
        return False
    return matches(bound, record, source)


def manages(record: Record, request: RequestInfo, source: RecordSource) -> bool:
    """Whether the request may change another's e-mail, password and the like.

    Superusers may, and whoever is signed in and satisfies the manageRule, unless that is empty.
    """
    if request.is_superuser:
        return True
    options = record.collection.auth
    rule = options.manage_rule if options else None
    return bool(rule) and request.auth is not None and satisfies(record, rule, request, source)


def require_found(record: Record | None) -> Record:
    """The record that was found. Raises NotFound."""
    if record is None:
        raise NotFound()
    return record


def require_allowed(record: Record | None, action: str, request: RequestInfo, source: RecordSource) -> Record:
    """The record that was found, if the action's rule lets this request have it. Raises NotFound."""
    found = require_found(record)
    if not satisfies(found, rule_of(found.collection, action), request, source):
        raise NotFound()
    return found


def _read_body(request: RequestInfo) -> None:
    """Bodies are read when first looked at, and that is when an unreadable one raises."""
    len(request.body)
