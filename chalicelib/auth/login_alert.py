"""Where a record signs in from: a new place is told to its owner by mail, except for the first.

A place is an address and a user agent, kept as PocketBase keeps it. The mail is posted in the transaction
that keeps the place, so whether it can be sent has no say in the sign-in.
"""

import hashlib
from datetime import timedelta

from chalicelib import clock
from chalicelib.auth.attach import new_attachment
from chalicelib.auth.context import auth_options
from chalicelib.mail.compose import compose, record_values
from chalicelib.mail.message import Message
from chalicelib.mail.outbox import posted
from chalicelib.records.attached import ORIGINS, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import plan_changed
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict, NotUnique
from chalicelib.storage.transactions import Create, Delete, write_together

MOST = 5
# Many sign-ins at the same moment can keep more: so many go at a time.
MOST_REMOVED = 20
# That a known place was used again is written once in so long: sign-ins would cost a write each otherwise.
TOUCHED_AFTER = timedelta(hours=1)
LONGEST_AGENT = 200


def note_origin(record: Record, request: RequestInfo, catalog: Catalog) -> None:
    """Keep where this sign-in comes from, and post an alert if that is new."""
    if auth_options(record.collection).auth_alert.enabled:
        start_over_on_conflict(lambda: _note(record, request, catalog))


def fingerprint_of(request: RequestInfo) -> str:
    """A place's name.

    >>> fingerprint_of(RequestInfo(ip="127.0.0.1", headers={"user_agent": "UA1"}))
    'aa384f2ac61bcfdaff9042f18c991fea'
    """
    place = request.ip + _agent_of(request)
    return hashlib.md5(place.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def describe_sign_in(request: RequestInfo) -> str:
    """When and from where, for the mail."""
    return f"{clock.to_text(clock.now())} - {request.ip} {_agent_of(request)}"


def write_alert(record: Record, info: str) -> Message:
    """The mail that tells of a sign-in."""
    values = {**record_values(record), "ALERT_INFO": info}
    template = auth_options(record.collection).auth_alert.email_template
    return compose("login-alert", template, str(record.get("email")), values)


def _agent_of(request: RequestInfo) -> str:
    agent = request.headers.get("user_agent", "")
    return agent if len(agent) <= LONGEST_AGENT else agent[:LONGEST_AGENT] + "..."


def _note(record: Record, request: RequestInfo, catalog: Catalog) -> None:
    known = find_attached(record, (ORIGINS,), RelatedRecords(catalog))
    fingerprint = fingerprint_of(request)
    same = next((each for each in known if each.get("fingerprint") == fingerprint), None)
    if same is not None:
        return _touch(same)
    origin = new_attachment(record, ORIGINS, catalog, fingerprint=fingerprint)
    oldest = known[: max(0, len(known) + 1 - MOST)][:MOST_REMOVED]
    is_told = bool(known) and bool(record.get("email"))
    alert = [posted(write_alert(record, describe_sign_in(request)))] if is_told else []
    try:
        write_together([Create(origin), *(Delete(each) for each in oldest)], alert)
    except NotUnique:
        return None  # another sign-in from there, at the same moment, has kept it
    return None


def _touch(origin: Record) -> None:
    """Keep that a known place was used again."""
    if str(origin.get("updated")) >= clock.to_text(clock.now() - TOUCHED_AFTER):
        return
    try:
        write_together(plan_changed(origin, origin))
    except Conflict:
        return  # so has somebody else, or it is gone
