"""What requests for a mail with a token have in common: the address, whose it is, writing the mail."""

from chalicelib.auth.context import auth_options
from chalicelib.auth.form import check_text, read_form
from chalicelib.auth.tokens import SECRET_OF, new_token
from chalicelib.auth.with_password import NOBODY, find_by_identity
from chalicelib.errors import ValidationFailed
from chalicelib.mail.compose import compose, record_values
from chalicelib.mail.message import Message
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import EmailTemplate
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.email import NOT_AN_ADDRESS, is_email
from chalicelib.schema.problems import Problem, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_record

LONGEST_EMAIL = 255
# A mail's kind by the type of the token in it.
KINDS = {"verification": "verification", "passwordReset": "password-reset", "emailChange": "email-change"}
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


def write_mail(record: Record, kind: str, template: EmailTemplate, to: str = "") -> Message:
    """A mail with a new token, and as long as that is good; to another address, the token names that too."""
    email = str(record.get("email"))
    claims = {"email": email, "newEmail": to} if to else {"email": email}
    values = {**record_values(record), "TOKEN": new_token(record, kind, 0, **claims)}
    lasts = auth_options(record.collection).tokens[SECRET_OF[kind]].duration
    return compose(KINDS[kind], template, to or email, values).good_for(lasts)
