"""What requests for a mail with a token have in common: the address, whose it is, writing the mail."""

from collections.abc import Callable, Mapping

from chalicelib.auth.context import auth_options
from chalicelib.auth.form import check_text, read_form
from chalicelib.auth.tokens import EMAIL_CHANGE, PASSWORD_RESET, VERIFICATION, config_of, new_token
from chalicelib.auth.with_password import NOBODY, find_by_identity
from chalicelib.errors import ValidationFailed
from chalicelib.mail.compose import compose, record_values
from chalicelib.mail.message import Message
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import AuthOptions, EmailTemplate
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.email import NOT_AN_ADDRESS, is_email
from chalicelib.schema.problems import Problem, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_record

LONGEST_EMAIL = 255
# By the type of the token in it: what a mail is called, and its template among a collection's options.
MAILS: Mapping[str, tuple[str, Callable[[AuthOptions], EmailTemplate]]] = {
    VERIFICATION: ("verification", lambda options: options.verification_template),
    PASSWORD_RESET: ("password-reset", lambda options: options.reset_password_template),
    EMAIL_CHANGE: ("email-change", lambda options: options.confirm_email_change_template),
}
# Signs the tokens of mails that are written for nobody, and never sent.
NO_KEY = "-" * 50


def read_email(request: RequestInfo, name: str) -> str:
    """The submitted address. Raises BadRequest, ValidationFailed."""
    email = read_form(request, (name,))[name]
    if problem := check_email(email):
        raise ValidationFailed(data=problems_to_json({name: problem}))
    return email


def check_email(email: str) -> Problem | None:
    """What is wrong with a submitted address."""
    return check_text(email, LONGEST_EMAIL) or (None if is_email(email) else NOT_AN_ADDRESS)


def find_by_email(email: str, collection: Collection, related: RelatedRecords) -> tuple[Record, bool]:
    """The record of this address; one that is nobody, after as many reads, where there is none."""
    record = find_by_identity(email, "email", collection, related)
    if record is not None:
        return record, True
    find_record(collection, NOBODY)
    empty = {field.name: field.empty for field in collection.fields}
    return Record(collection, {**empty, "id": NOBODY, "email": email, "tokenKey": NO_KEY}), False


def name_of(record: Record, token: str) -> str:
    """What a record's mail is called that is not sent again at once, unless its token has been used."""
    return f"{token}/{record.collection.id}/{record.id}"


def write_mail(record: Record, token: str, to: str = "") -> Message:
    """A mail with a new token, and as long as that is good; to another address, the token names that too."""
    email = str(record.get("email"))
    claims = {"email": email, "newEmail": to} if to else {"email": email}
    values = {**record_values(record), "TOKEN": new_token(record, token, 0, **claims)}
    kind, template_in = MAILS[token]
    mail = compose(kind, template_in(auth_options(record.collection)), to or email, values)
    return mail.good_for(config_of(record, token).duration)
