"""The files that are migrations."""

from pathlib import Path

import pytest

from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.steps import create_records
from chalicelib.migrations.written import find_migrations

NOTHING = "def up():\n    return ()\n\n\ndef down():\n    return ()\n"
TWICE = """
from chalicelib.migrations.steps import call

def up():
    return (call("count", list), call("count", list))

def down():
    return ()
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.removeprefix('m')}.py").write_text(text)
    return folder


def test_found_in_order_of_their_numbers(tmp_path: Path) -> None:
    found = find_migrations(write(tmp_path, m0010_ten=NOTHING, m0002_two=NOTHING, steps="x = 1"))
    assert [(each.name, each.number) for each in found] == [("0002_two", 2), ("0010_ten", 10)]
    assert found[0].steps("up") == found[0].steps("down") == ()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"m0001_a": NOTHING, "m0001_b": NOTHING}, "0001_a and 0001_b have one number"),
        ({"m1_a": NOTHING}, "1_a.py should be called like 0001_what_it_does.py"),
        ({"m0001_A-b": NOTHING}, "should be called like"),
        ({"m0001_a": "def up(): ..."}, r"0001_a.py has no down\(\)"),
        ({"m0001_a": ""}, r"0001_a.py has no up and no down\(\)"),
    ],
)
def test_what_is_no_migration_is_refused(tmp_path: Path, files, says) -> None:
    with pytest.raises(MigrationFailed, match=says):
        find_migrations(write(tmp_path, **files))


def test_steps_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    (found,) = find_migrations(write(tmp_path, m0001_a=TWICE))
    with pytest.raises(MigrationFailed, match="0001_a has two steps that say the same: count"):
        found.steps("up")


def test_a_record_that_is_made_names_its_id() -> None:
    with pytest.raises(ValueError, match="names its id"):
        create_records("posts", {"n": 1})


def test_the_projects_own_can_be_read() -> None:
    for each in find_migrations():
        assert each.steps("up") is not None
        assert each.steps("down") is not None
