"""Which indexes a collection may have. Asked of PocketBase, but for what is not supported here."""

import pytest

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.saving import Saving
from chalicelib.schema.validate import check_definition
from tests.unit.schema.definitions import check_new, explain_rule, saved

FIELDS = [{"name": "a", "type": "text"}, {"name": "b", "type": "number"}]
OTHER = saved({"name": "other", "fields": FIELDS, "indexes": ["CREATE INDEX taken ON other (a)"]})
EXPRESSION = "validation_invalid_index_expression"

CODES = [
    (["CREATE INDEX i ON t (a)"], []),
    (["CREATE INDEX i ON t (A, a, id)"], []),
    (["CREATE INDEX main.i ON t (a)"], []),
    (["CREATE INDEX i ON t ('a')"], []),
    (["CREATE INDEX i ON t (a)", "CREATE UNIQUE INDEX j ON t (a)"], []),
    (
        ["CREATE INDEX i ON t (a)", "CREATE INDEX j ON t (a DESC)", "CREATE INDEX k ON t (a COLLATE NOCASE)"],
        [],
    ),
    (["CREATE INDEX i ON t (a)", "CREATE INDEX j ON t (a) WHERE b = 1"], []),
    (["zzz", "yyy"], [f"indexes.0 {EXPRESSION}"]),
    (["CREATE INDEX i ON t (a)", "CREATE INDEX I ON t (b)"], ["indexes.1 validation_duplicated_index_name"]),
    (
        ["CREATE INDEX i ON t (a)", "CREATE INDEX j ON t ( a )"],
        ["indexes.1 validation_duplicated_index_definition"],
    ),
    (["CREATE INDEX TAKEN ON t (a)"], ["indexes.0 validation_existing_index_name"]),
    (["CREATE INDEX idx_tokenKey__pb_users_auth_ ON t (a)"], ["indexes.0 validation_existing_index_name"]),
]


@pytest.mark.parametrize(("indexes", "expected"), CODES)
def test_codes(indexes, expected):
    assert check_new({"name": "t", "fields": FIELDS, "indexes": indexes}, [OTHER]) == expected


SQL = "SQL logic error: "
MESSAGES = [
    ("CREATE INDEX i ON t (zzz)", f"{SQL}no such column: zzz (1)"),
    ("CREATE INDEX i ON t (rowid)", f"{SQL}no such column: rowid (1)"),
    ("CREATE INDEX i ON t (a) WHERE zzz = 1", f"{SQL}no such column: zzz (1)"),
    ("CREATE INDEX i ON t (a) WHERE a = (", f'{SQL}near "(": syntax error (1)'),
    ("CREATE INDEX i ON t (a) WHERE a = 1 AND (", f"{SQL}incomplete input (1)"),
    ("CREATE INDEX i ON t (a COLLATE foo)", f"{SQL}no such collation sequence: foo (257)"),
    ("CREATE INDEX users ON t (a)", f"{SQL}there is already a table named users (1)"),
    ("CREATE INDEX t ON t (a)", f"{SQL}there is already a table named t (1)"),
    ("CREATE INDEX sqlite_i ON t (a)", f"{SQL}object name reserved for internal use: sqlite_i (1)"),
    ("CREATE INDEX x.i ON t (a)", f"{SQL}unknown database x (1)"),
    ("CREATE INDEX i ON t (lower(a))", "expressions such as lower(a) are not supported"),
    ("CREATE INDEX i ON t (a) WHERE a LIKE 'x'", "LIKE is not supported in the condition of an index"),
]


@pytest.mark.parametrize(("text", "message"), MESSAGES)
def test_what_cannot_be_made(text, message):
    name = text.split()[2].removeprefix("x.")
    new = saved({"name": "t", "fields": FIELDS, "indexes": [text]})
    users = saved({"name": "users"})
    problems = check_definition(Saving(new, None, Catalog([users, new]), explain_rule))
    assert problems["indexes"]["0"].message == f"Failed to create index {name} - {message}."
    assert problems["indexes"]["0"].code == EXPRESSION


def test_only_what_is_well_formed_is_tried():
    found = check_new(
        {"name": "t", "listRule": "bad", "fields": FIELDS, "indexes": ["CREATE INDEX i ON t (zzz)"]}
    )
    assert found == ["listRule validation_invalid_rule"]


def test_indexes_are_limited_to_the_slots_of_the_table():
    texts = [f"CREATE INDEX i{n} ON t (a) WHERE b = {n}" for n in range(16)]
    assert check_new({"name": "t", "fields": FIELDS, "indexes": texts[:15]}) == []
    assert check_new({"name": "t", "fields": FIELDS, "indexes": texts}) == [f"indexes.15 {EXPRESSION}"]
