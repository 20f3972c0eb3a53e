"""``superuser``: make, change and remove superusers, on whatever stage the environment names.

`superuser ips` says from which addresses they may come: for whoever has locked himself out.

They go through the same services as requests do, as a superuser's requests: the same checks, the same
refusals.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from chalicelib import ids
from chalicelib.auth.context import auth_options
from chalicelib.auth.request_otp import new_otp
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.commands.command import Command, CommandFailed
from chalicelib.errors import ApiError
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.settings.save import change_settings
from chalicelib.storage.records import find_by_unique, read_pages
from chalicelib.storage.transactions import Create, write_together

SUPERUSERS = "_superusers"
PASSWORD_LENGTH = 20
IPS = "ips"
MOST_VALUES = 2


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


def make_otp(email: str, password: str = "") -> str:
    """A code to sign in with, for whom no mail reaches."""
    found = _find(email)
    if found is None:
        raise CommandFailed(f'superuser with email "{email}" doesn\'t exist')
    options = auth_options(found.collection).otp
    if not options.enabled:
        raise CommandFailed("OTP auth is not enabled for the _superusers collection")
    otp, code = new_otp(found, get_catalog())
    write_together([Create(otp)])
    told = f'Successfully created OTP for superuser "{email}":'
    return f"{told}\n├─ Id:    {otp.id}\n├─ Pass:  {code}\n└─ Valid: {options.duration}s"


Action: TypeAlias = Callable[[str, str], str]
ACTIONS: Mapping[str, Action] = {
    "create": create_superuser,
    "upsert": upsert_superuser,
    "update": update_superuser,
    "delete": delete_superuser,
    "otp": make_otp,
}
# These take no password.
BARE = frozenset({"delete", "otp"})


def manage_superuser(action: str, email: str, password: str) -> str:
    """Do one of ACTIONS; answers what to tell. A password that is needed and not given is made up."""
    if "@" not in email:
        raise CommandFailed("missing or invalid email address")
    made_up = "" if password or action in BARE else new_password()
    told = ACTIONS[action](email, password or made_up)
    return f"{told}\nPassword: {made_up}" if made_up else told


def allow_superuser_ips(addresses: Sequence[str]) -> str:
    """Let superusers come from some addresses and networks alone; from everywhere, when none is named."""
    _attempt("change superuserIPs", lambda: change_settings({"superuserIPs": list(addresses)}))
    if not addresses:
        return "Successfully cleared SuperuserIPs setting!"
    *others, last = addresses
    listed = [f"\n├─ {each}" for each in others] + [f"\n└─ {last}"]
    return "Successfully updated SuperuserIPs setting:" + "".join(listed)


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
        reasons = list(_reasons(refused.data))
        raise CommandFailed(f"failed to {what}: {'; '.join(reasons) or refused.message}") from refused


def _reasons(data: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Problems in words, each with the names that lead to it."""
    for name, problem in data.items():
        if isinstance(problem.get("message"), str):
            yield f"{above}{name}: {problem['message']}"
        else:
            yield from _reasons(problem, f"{above}{name}.")


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=[*ACTIONS, IPS])
    parser.add_argument(
        "values",
        nargs="*",
        metavar="value",
        help=f"e-mail and password, which is made up and printed when left out; for {IPS}: the addresses and"
        " networks that superusers may come from, none for all",
    )


def _run(wanted: Namespace) -> str:
    if wanted.action == IPS:
        return allow_superuser_ips(wanted.values)
    if not 1 <= len(wanted.values) <= MOST_VALUES:
        raise CommandFailed(f"superuser {wanted.action} takes an e-mail address and a password")
    email, password = (*wanted.values, "")[:MOST_VALUES]
    return manage_superuser(wanted.action, email, password)


COMMAND = Command("superuser", "make, change and remove superusers", _add, _run)
