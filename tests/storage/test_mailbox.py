"""The mailbox of a stage without mail."""

import pytest

from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.mailbox import MOST, find_mail, keep_mail, list_mails


def test_mails_are_listed_newest_first_and_found(engine: Engine) -> None:
    for text in (b"one", b"two\xff\x00"):
        keep_mail(text)
    mails = list_mails()
    assert [mail.source for mail in mails] == [b"two\xff\x00", b"one"]
    assert [find_mail(mail.name) for mail in mails] == mails
    assert find_mail("nope") is None


def test_no_more_than_some_are_listed_by_one_call(engine: Engine) -> None:
    for number in range(MOST + 3):
        keep_mail(str(number).encode())
    engine.calls.reset()
    assert len(list_mails()) == MOST
    assert engine.calls.by_operation == {"Query": 1}


def test_a_mail_that_no_item_holds(engine: Engine) -> None:
    with pytest.raises(ItemTooLarge):
        keep_mail(b"x" * 500_000)
