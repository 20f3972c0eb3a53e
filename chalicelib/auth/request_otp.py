"""POST request-otp: a one-time password goes to an e-mail address.

Whether the address is somebody's must not be told: for one that is nobody's the same calls are made, the same
hash is computed and an id is answered, but nothing is kept.
"""

import zlib
from typing import Any

from chalicelib.auth.attach import is_current, new_attachment
from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.request_mail import read_email
from chalicelib.auth.with_password import NOBODY, find_by_identity
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import Forbidden
from chalicelib.mail.compose import compose, record_values
from chalicelib.mail.message import Message
from chalicelib.mail.outbox import posted
from chalicelib.records.attached import OTPS, find_attached
from chalicelib.records.refusals import refusals_as_answers, refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.record import Record
from chalicelib.security.one_time_codes import new_code
from chalicelib.storage.engine import get_engine
from chalicelib.storage.rates import count_attempt
from chalicelib.storage.records import find_record
from chalicelib.storage.sent import untaken_checks
from chalicelib.storage.transactions import Create, Delete, write_together

DISABLED = "The collection is not configured to allow OTP authentication."
# With so many that are still good the newest is answered again, and no mail is sent.
MOST_CURRENT = 9
# Requests at the same moment do not see each other's codes: that many are let through in so many seconds.
MOST_AT_ONCE, AT_ONCE_SECONDS = MOST_CURRENT + 1, 5
# Nobody's are counted as well, to take the same calls, but under so many names only.
NOBODIES = 256
# Expired ones go with the next that is made, lest they pile up until the hourly clean-up: so many at a time.
MOST_REMOVED = 20


@refusals_as_answers()
def request_otp(name_or_id: str, request: RequestInfo) -> dict[str, Any]:
    """``{"otpId"}``, to sign in with once the code has come."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_auth_collection(name_or_id, related.catalog)
    require_otp(collection)
    email = read_email(request, "email")
    refuse_bad_fields(request)
    record = find_by_identity(email, "email", collection, related)
    name = record.id if record else name_of_nobody(email)
    is_flood = count_attempt(f"otps/{collection.id}/{name}", AT_ONCE_SECONDS) > MOST_AT_ONCE
    if record is None:
        nobody = Record(collection, {"id": NOBODY, "email": email})
        return {"otpId": pretend_to_send(nobody, related.catalog)}
    return {"otpId": start_over_on_conflict(lambda: send_otp(record, related.catalog, is_flood=is_flood))}


def require_otp(collection: Collection) -> None:
    """Raise Forbidden for a collection whose records do not sign in by one-time passwords."""
    if not auth_options(collection).otp.enabled:
        raise Forbidden(DISABLED)


def name_of_nobody(given: str) -> str:
    """What attempts on somebody or something that is not there are counted under."""
    return f"-{zlib.crc32(given.encode('utf-8', 'replace')) % NOBODIES}"


def send_otp(record: Record, catalog: Catalog, *, is_flood: bool = False) -> str:
    """Make a one-time password and post it; its id. Raises Conflict.

    None is made in a flood, or while there are enough: then it is the newest one's id, and a random one where
    those that are being made can not be seen yet.
    """
    lasts = auth_options(record.collection).otp.duration
    known = find_attached(record, (OTPS,), RelatedRecords(catalog))
    current = [each for each in known if is_current(each, lasts)]
    otp, code = new_otp(record, catalog, str(record.get("email")))
    mail = write_otp(record, otp.id, code)
    if is_flood or len(current) > MOST_CURRENT:
        _check_nothing()
        return current[-1].id if current else otp.id
    expired = [each for each in known if each not in current]
    removals = [Delete(each) for each in expired[:MOST_REMOVED]]
    write_together([Create(otp), *removals], [posted(mail)])
    return otp.id


def new_otp(record: Record, catalog: Catalog, sent_to: str = "") -> tuple[Record, str]:
    """A one-time password, ready to be stored, and its code, which only its hash is kept of.

    Nobody can know the code of a mail that never left, so where it goes is kept at once.
    """
    code = new_code(auth_options(record.collection).otp.length)
    return new_attachment(record, OTPS, catalog, password=PlainPassword(code), sentTo=sent_to), code


def pretend_to_send(nobody: Record, catalog: Catalog) -> str:
    """Ask the database as often and compute as much as for somebody, and keep nothing. A random id."""
    find_record(nobody.collection, nobody.id)
    find_attached(nobody, (OTPS,), RelatedRecords(catalog))
    otp, code = new_otp(nobody, catalog, str(nobody.get("email")))
    write_otp(nobody, otp.id, code)
    _check_nothing()
    return otp.id


def write_otp(record: Record, otp_id: str, code: str) -> Message:
    """The mail that brings a code; of no use, and so not sent, when the code has expired."""
    otp = auth_options(record.collection).otp
    values = {**record_values(record), "OTP": code, "OTP_ID": otp_id}
    return compose("otp", otp.email_template, str(record.get("email")), values).good_for(otp.duration)


def _check_nothing() -> None:
    """A transaction of two items, as a new one-time password and its mail are, that writes none."""
    get_engine().write_all(untaken_checks(2))
