"""``superuser``: make, change and remove superusers, on whatever stage the environment names.

They go through the same services as requests do, as a superuser's requests: the same checks, the same
refusals.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib import ids
from chalicelib.collections.load import get_collection
from chalicelib.commands.command import Command, CommandFailed
from chalicelib.errors import ApiError
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_by_unique, read_pages

SUPERUSERS = "_superusers"
PASSWORD_LENGTH = 20


def create_superuser(email: str, password: str) -> str:
    """A new one."""
    _attempt(f"create superuser {email}", lambda: create_record(SUPERUSERS, _asking("POST", email, password)))
    return f'Successfully created new superuser "{email}"!'


def upsert_superuser(email: str, password: str) -> str:
    """A new one, or a new password for the one that is there."""
    if _find(email) is None:
        create_superuser(email, password)
    else:
        update_superuser(email, password)
    return f'Successfully saved superuser "{email}"!'


def update_superuser(email: str, password: str) -> str:
    """A new password."""
    found = _find(email)
    if found is None:
        raise CommandFailed(f'superuser with email "{email}" doesn\'t exist')
    request = _asking("PATCH", email, password)
    _attempt(f"change superuser {email}", lambda: update_record(SUPERUSERS, found.id, request))
    return f'Successfully changed superuser "{email}" password!'


def delete_superuser(email: str, password: str = "") -> str:
    """One superuser fewer; the last one stays."""
    found = _find(email)
    if found is None:
        return f'superuser "{email}" is missing or already deleted'
    request = RequestInfo(method="DELETE", auth=_somebody())
    _attempt(f"delete superuser {email}", lambda: delete_record(SUPERUSERS, found.id, request))
    return f'Successfully deleted superuser "{email}"!'


Action: TypeAlias = Callable[[str, str], str]
ACTIONS: Mapping[str, Action] = {
    "create": create_superuser,
    "upsert": upsert_superuser,
    "update": update_superuser,
    "delete": delete_superuser,
}


def manage_superuser(action: str, email: str, password: str) -> str:
    """Do one of ACTIONS; answers what to tell. A password that is needed and not given is made up."""
    if "@" not in email:
        raise CommandFailed("missing or invalid email address")
    made_up = "" if password or action == "delete" else new_password()
    told = ACTIONS[action](email, password or made_up)
    return f"{told}\nPassword: {made_up}" if made_up else told


def has_superuser() -> bool:
    """Whether anybody can administrate."""
    return any(read_pages(get_collection(SUPERUSERS)))


def new_password() -> str:
    """A password that nobody guesses."""
    return ids.random_text(PASSWORD_LENGTH)


def _find(email: str) -> Record | None:
    collection = get_collection(SUPERUSERS)
    by_email = [index for index in collection.ready_indexes if index.column_names == ("email",)]
    return find_by_unique(collection, by_email[0], (email,)) if by_email else _look_for(email)


def _look_for(email: str) -> Record | None:
    """While the index is built all are read."""
    records = (record for page in read_pages(get_collection(SUPERUSERS)) for record in page)
    return next((record for record in records if record.get("email") == email), None)


def _asking(method: str, email: str, password: str) -> RequestInfo:
    body = {"email": email, "password": password, "passwordConfirm": password}
    return RequestInfo(method=method, body=body, auth=_somebody())


def _somebody() -> Record:
    """A superuser who is none of those that are stored."""
    return Record(get_collection(SUPERUSERS))


def _attempt(what: str, action: Callable[[], Any]) -> None:
    try:
        action()
    except ApiError as refused:
        reasons = [f"{name}: {problem['message']}" for name, problem in refused.data.items()]
        raise CommandFailed(f"failed to {what}: {'; '.join(reasons) or refused.message}") from refused


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("email")
    parser.add_argument("password", nargs="?", default="", help="made up and printed when left out")


def _run(wanted: Namespace) -> str:
    return manage_superuser(wanted.action, wanted.email, wanted.password)


COMMAND = Command("superuser", "make, change and remove superusers", _add, _run)
