"""From which addresses superusers may come: the setting `superuserIPs`, which names none by default.

Whoever has locked himself out gets in again by `python -m chalicelib superuser ips`.
"""

from chalicelib.errors import Forbidden
from chalicelib.schema.record import Record
from chalicelib.settings.addresses import is_listed
from chalicelib.settings.load import peek_settings


def refuse_elsewhere(record: Record | None, ip: str) -> None:
    """Raise Forbidden for a superuser at an address that is not listed."""
    if is_elsewhere(record, ip):
        raise Forbidden()


def is_elsewhere(record: Record | None, ip: str) -> bool:
    """Whether this is a superuser at an address that is not listed.

    Reading the request has brought the settings up to date.
    """
    return record is not None and record.is_superuser and not are_welcome(ip)


def are_welcome(ip: str) -> bool:
    """Whether superusers may come from an address."""
    listed = peek_settings().superuser_ips
    return not listed or is_listed(ip, listed)
