"""The mailbox of a stage without mail: what would have been sent is kept for some days, newest first."""

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.storage import keys
from chalicelib.storage.engine import WriteItem, get_engine
from chalicelib.storage.items import MailItem
from chalicelib.storage.queries import Query
from chalicelib.storage.rowids import new_rowid

KEPT_SECONDS = 3 * 86_400
MOST = 50


@dataclass(frozen=True)
class KeptMail:
    """A mail as it would have gone out; `name` finds it again."""

    name: str
    source: bytes


def keep_mail(source: bytes) -> None:
    """Put a mail into the mailbox."""
    expires = clock.unix_milliseconds() // 1000 + KEPT_SECONDS
    item = MailItem(keys.MAILBOX, new_rowid(), mail=source, ttl=expires)
    get_engine().write_all([WriteItem(item.to_attributes())])


def list_mails() -> list[KeptMail]:
    """The newest mails."""
    query = Query(keys.MAILBOX, backwards=True, consistent=True, page_size=MOST)
    items = [MailItem.from_attributes(each) for each in next(get_engine().query(query))]
    return [KeptMail(item.sk, item.mail) for item in items]


def find_mail(name: str) -> KeptMail | None:
    """One of them."""
    found = get_engine().get((keys.MAILBOX, name))
    return KeptMail(name, MailItem.from_attributes(found).mail) if found else None
