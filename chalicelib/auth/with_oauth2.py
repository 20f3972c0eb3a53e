"""POST auth-with-oauth2: a code that a provider gave becomes a token.

Record and link are written together or not at all. Who loses a race, such as two first sign-ins of one
account at once, starts over and finds what the other has written.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.form import read_form, read_given
from chalicelib.auth.oauth2.answer import describe_said, show_whole
from chalicelib.auth.oauth2.configured import find_configured
from chalicelib.auth.oauth2.exchange import Code, Grant, fetch_grant
from chalicelib.auth.oauth2.links import Standing, as_signed_in_now, find_standing, new_link
from chalicelib.auth.oauth2.newcomer import Newcomer, decide_newcomer, new_newcomer, without_username
from chalicelib.auth.oauth2.odd_users import fetch_user
from chalicelib.auth.oauth2.outgoing import SIGN_IN_SECONDS, CallFailed, together_within
from chalicelib.auth.oauth2.proof import as_proved, plan_proved
from chalicelib.auth.oauth2.users import Said, User
from chalicelib.auth.response import finish_sign_in
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import UNREADABLE, BadRequest, Forbidden, ValidationFailed
from chalicelib.files.keeping import write_with_files
from chalicelib.observability.logger import logger
from chalicelib.records.attached import EXTERNAL
from chalicelib.records.check import check_values
from chalicelib.records.refusals import refusals_as_answers, refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import OAuth2Provider
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import REQUIRED, Problem, Problems, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.failures import IdTaken, NotUnique
from chalicelib.storage.transactions import Change, Create, Delete, Update

FORM = ("provider", "code", "codeVerifier", "redirectURL", "redirectUrl")
OFF = "The collection is not configured to allow OAuth2 authentication."
NO_TOKEN = "Failed to fetch OAuth2 token."  # noqa: S105
NO_USER = "Failed to fetch OAuth2 user."
FAILED = "Failed to authenticate."
NOT_CREATED = "Failed to create record."
# How often somebody who is refused for what others hold looks again whether that is the account's own record.
ATTEMPTS = 3


@refusals_as_answers()
def sign_in_with_oauth2(name_or_id: str, request: RequestInfo) -> dict[str, Any]:
    """The record, its token, and what the provider said. Raises Forbidden, BadRequest."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_auth_collection(name_or_id, related.catalog)
    if not auth_options(collection).oauth2.enabled:
        raise Forbidden(OFF)
    form, created = read_form(request, FORM), _read_created(request)
    provider = _find_provider(form, collection)
    refuse_bad_fields(request)
    with together_within(SIGN_IN_SECONDS):
        grant, user, said = _ask_provider(provider, form)
        newcomer = new_newcomer(user, collection, created)
        asked = request.within("oauth2")
        record, is_new = start_over_on_conflict(
            lambda: _settle(provider.name, newcomer, asked, related.catalog)
        )
    fresh = RelatedRecords(related.catalog)
    answered = finish_sign_in(record, asked, fresh, {**describe_said(user, grant, said), "isNew": is_new})
    return show_whole(answered, record, asked, fresh) if is_new and asked.is_superuser else answered


def _read_created(request: RequestInfo) -> Mapping[str, Any]:
    """What a new record is to have besides. Raises BadRequest for what is no object."""
    given = read_given(request, ("createData",))["createData"]
    if given is None or isinstance(given, dict):
        return given or {}
    raise BadRequest(UNREADABLE)


def _find_provider(form: Mapping[str, str], collection: Collection) -> OAuth2Provider:
    """The provider that the form names. Raises ValidationFailed."""
    name = form["provider"]
    provider = find_configured(auth_options(collection).oauth2, name)
    unknown = Problem(
        "validation_invalid_provider",
        f"Provider with name {name} is missing or is not enabled.",
        {"name": name},
    )
    problems: Problems = {} if form["code"] else {"code": REQUIRED}
    if provider is None or problems:
        named = {} if provider else {"provider": unknown if name else REQUIRED}
        raise ValidationFailed(UNREADABLE, problems_to_json({**problems, **named}))
    return provider


def _ask_provider(provider: OAuth2Provider, form: Mapping[str, str]) -> tuple[Grant, User, Said]:
    """What the provider gives for the code, and who it is for. Raises BadRequest."""
    code = Code(form["code"], form["codeVerifier"], form["redirectURL"] or form["redirectUrl"])
    try:
        grant = fetch_grant(provider, code)
    except CallFailed as error:
        raise _refused(NO_TOKEN, provider, error) from error
    try:
        return grant, *fetch_user(provider, grant)
    except CallFailed as error:
        raise _refused(NO_USER, provider, error) from error


def _refused(message: str, provider: OAuth2Provider, error: CallFailed) -> BadRequest:
    logger.warning(message, extra={"provider": provider.name, "reason": str(error)})
    return BadRequest(message)


def _settle(provider: str, newcomer: Newcomer, asked: RequestInfo, catalog: Catalog) -> tuple[Record, bool]:
    """The account's record, linked and up to date; and whether it is new."""
    for attempt in range(ATTEMPTS):
        related = RelatedRecords(catalog)
        request = as_signed_in_now(asked, catalog)
        account = (provider, newcomer.user)
        standing = find_standing(account, newcomer.collection, request, related)
        try:
            if standing.owner is not None:
                return _welcome_back(standing.owner, standing, (*account, request), related), False
            return _let_in((provider, standing.dead), newcomer, request, related), True
        except (IdTaken, NotUnique) as taken:
            if attempt == ATTEMPTS - 1:
                raise _taken(taken, is_new=standing.owner is None) from taken
            newcomer = without_username(newcomer) if _is_of_username(taken, newcomer) else newcomer
    raise BadRequest(FAILED)


def _is_of_username(taken: IdTaken | NotUnique, newcomer: Newcomer) -> bool:
    """Whether it is the provider's name for them that another record has."""
    return isinstance(taken, NotUnique) and newcomer.username_field in taken.index.column_names


def _taken(taken: IdTaken | NotUnique, *, is_new: bool) -> BadRequest:
    message = NOT_CREATED if is_new and taken.collection.name != EXTERNAL else FAILED
    return ValidationFailed(message, problems_to_json(problems_of(taken)))


def _let_in(
    through: tuple[str, Record | None], newcomer: Newcomer, request: RequestInfo, related: RelatedRecords
) -> Record:
    """Store a new record and its link, in place of one that leads nowhere."""
    if newcomer.collection.name == "_superusers":
        raise BadRequest(FAILED)
    provider, dead = through
    record = decide_newcomer(newcomer, request, related)
    changes: list[Change] = [Create(record), *_plan_link(record, (provider, newcomer.user), dead, related)]
    try:
        return write_with_files(changes)[0]
    except NotUnique as taken:
        if "recordRef" in taken.index.column_names:  # whoever has a link of this record's id has the id
            raise IdTaken(record.collection, record.id) from taken
        raise


def _welcome_back(
    before: Record, standing: Standing, arriving: tuple[str, User, RequestInfo], related: RelatedRecords
) -> Record:
    """Store what the sign-in proves about a record, and the link if it is the first by this account."""
    provider, user, request = arriving
    after = as_proved(before, user, request)
    if after != before:
        _refuse(_check_proved(before, after))
    changes = plan_proved(before, after, standing.link, related)
    if standing.link is None:
        # The record is written anew although nothing of it changes: a link must not get past whoever takes
        # the record over, or removes it, at the same time and has read the links before it was there.
        changes = changes or [Update(before, before)]
        changes += _plan_link(before, (provider, user), standing.dead, related)
    return write_with_files(changes)[0] if changes else before


def _plan_link(
    owner: Record, account: tuple[str, User], dead: Record | None, related: RelatedRecords
) -> list[Change]:
    """What links an account to a record. Raises ValidationFailed."""
    link = new_link(owner, *account, related)
    _refuse(check_values(link.collection, link.values))
    return [Create(link), *([Delete(dead)] if dead else [])]


def _check_proved(before: Record, after: Record) -> Problems:
    """What is wrong with a record as it would be, but for the password that nobody is going to know."""
    found = check_values(after.collection, after.values, before)
    return {name: problem for name, problem in found.items() if name != "password"}


def _refuse(problems: Problems) -> None:
    if problems:
        raise ValidationFailed(FAILED, problems_to_json(problems))
