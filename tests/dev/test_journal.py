"""The journal: what was written comes back, what was not finished does not."""

from pathlib import Path

from dev.journal import Entry, Journal

FIRST = Entry("000000000000", "us-east-1", "PutItem", b'{"Item":{"t":{"S":"a\\tb"}}}')
SECOND = Entry("000000000000", "eu-west-1", "DeleteItem", b'{"Key":{}}')


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "journal")
    journal.append(FIRST)
    journal.append(SECOND)
    assert list(Journal(tmp_path / "deep" / "journal").entries()) == [FIRST, SECOND]


def test_an_unfinished_line_is_not_an_entry(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(FIRST)
    with (tmp_path / "journal").open("ab") as file:
        file.write(b"000000000000\tus-east-1\tPutItem\t{")
    assert list(journal.entries()) == [FIRST]


def test_one_entry_is_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(Entry("a", "r", "PutItem", b'{\n"Item": {}}'))
    assert [entry.arguments for entry in journal.entries()] == [b'{ "Item": {}}']


def test_forgetting_starts_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(FIRST)
    journal.forget()
    journal.append(SECOND)
    assert list(journal.entries()) == [SECOND]
