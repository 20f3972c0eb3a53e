"""``python -m chalicelib collections``: the collections in a file, and back."""

import json
from pathlib import Path

import pytest

from chalicelib.__main__ import main
from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.collections.update import update_collection
from chalicelib.collections.view import view_collection
from chalicelib.storage.engine import Engine
from tests.services.collections.stored import store, stored

POSTS = {
    "name": "posts",
    "type": "base",
    "listRule": "",
    "fields": [{"name": "title", "type": "text", "max": 100}, {"name": "likes", "type": "number"}],
    "indexes": ["CREATE INDEX by_likes ON posts (likes)"],
}
PROVIDER = {"name": "github", "clientId": "an-id", "clientSecret": "never to be shown"}


@pytest.fixture
def file(defaults: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """What was pulled from a stage with a collection of its own and a provider with a secret."""
    create_collection(POSTS)
    store("posts", "record000000001", title="Hello", likes=3)
    update_collection("users", {"oauth2": {"enabled": True, "providers": [PROVIDER]}})
    file = tmp_path / "collections.json"
    assert main(["collections", "pull", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: 7 collections.\n"
    return file


def push(file: Path, *options: str) -> int:
    return main(["collections", "push", str(file), *options])


def change(file: Path, collection: str, **changes) -> None:
    listed = json.loads(file.read_text())
    found = next(each for each in listed if each["name"] == collection)
    found.update(changes)
    file.write_text(json.dumps(listed))


def test_pulled_twice_is_the_same_text_without_secrets(file: Path) -> None:
    text = file.read_text()
    assert main(["collections", "pull", str(file)]) == 0
    assert file.read_text() == text
    assert [each["name"] for each in json.loads(text)] == sorted(each.name for each in get_catalog())
    assert "clientSecret" not in text
    assert "never to be shown" not in text
    users = get_collection("users")
    assert users.auth.auth_token.secret not in text
    assert '"updated"' not in json.dumps([each | {"fields": []} for each in json.loads(text)])
    assert list(file.parent.iterdir()) == [file]


def test_what_was_pulled_changes_nothing(file: Path, defaults: Engine, capsys) -> None:
    before = {name: view_collection(name) for name in ("posts", "users", "_superusers")}
    secrets = get_collection("users").auth
    for options in ((), ("--dry-run",), ("--delete-missing",)):
        assert push(file, *options) == 0
        assert capsys.readouterr().out == "There is nothing to change.\nNothing was changed.\n"
    assert before == {name: view_collection(name) for name in before}
    assert get_collection("users").auth == secrets


def test_what_is_changed_is_told_and_done_and_secrets_stay(file: Path, capsys) -> None:
    secret = get_collection("users").auth.auth_token.secret
    fields = json.loads(file.read_text())[-2]["fields"]
    assert [each["name"] for each in fields] == ["id", "title", "likes"]
    renamed = {**fields[1], "name": "headline", "max": 200}
    added = {"name": "note", "type": "text"}
    index = "CREATE INDEX by_title ON posts (headline)"
    change(
        file,
        "posts",
        listRule=None,
        viewRule="id != ''",
        fields=[fields[0], fields[2], renamed, added],
        indexes=[index],
    )
    change(file, "users", authToken={"duration": 60})
    expected = """\
posts: changed
  field title: max 100 -> 200; name 'title' -> 'headline'
  field note (text): added
  order of fields: id, likes, headline, note
  index by_title: added: CREATE INDEX by_title ON posts (headline)
  index by_likes: removed
  listRule: anyone -> superusers only
  viewRule: superusers only -> id != ''
users: changed
  authToken.duration 432000 -> 60
"""
    assert push(file, "--dry-run") == 0
    assert capsys.readouterr().out == expected + "Nothing was changed.\n"
    assert get_collection("posts").list_rule == ""
    assert push(file) == 0
    assert capsys.readouterr().out.startswith(expected + "Done.")
    assert [field.name for field in get_collection("posts").fields] == ["id", "likes", "headline", "note"]
    assert [record.values["headline"] for record in stored("posts")] == ["Hello"]
    users = get_collection("users").auth
    assert (users.auth_token.duration, users.auth_token.secret) == (60, secret)
    assert users.oauth2.providers[0].client_secret == PROVIDER["clientSecret"]
    assert push(file) == 0
    assert capsys.readouterr().out.startswith("There is nothing to change.")


def test_deletions_need_the_flag(file: Path, capsys) -> None:
    create_collection({"name": "extra", "type": "base"})
    posts = json.loads(file.read_text())[-2]
    change(file, "posts", fields=posts["fields"][:2], indexes=[])
    assert push(file) == 0
    said = capsys.readouterr().out
    kept = (
        "Not in the file, and kept (--delete-missing removes it):\n"
        "posts\n  field likes (number), with its values\n"
    )
    assert kept + "extra, with all its records\nDone." in said
    assert get_catalog().find("extra")
    assert get_collection("posts").field_by_name["likes"]
    assert push(file, "--delete-missing") == 0
    assert "extra: deleted, with all its records\nDone." in capsys.readouterr().out
    assert get_catalog().find("extra") is None
    assert "likes" not in get_collection("posts").field_by_name
    assert get_catalog().find("users")


def test_a_secret_alone_is_a_change_that_is_told_without_it(file: Path, capsys) -> None:
    token, client = "t" * 50, "another client's secret"
    provider = {**PROVIDER, "clientSecret": client}
    change(file, "users", authToken={"secret": token}, oauth2={"enabled": True, "providers": [provider]})
    assert push(file) == 0
    said = capsys.readouterr().out
    assert said == (
        "users: changed\n  oauth2.providers.github.clientSecret *** -> ***\n"
        "  authToken.secret *** -> ***\nDone.\n"
    )
    users = get_collection("users").auth
    assert (users.auth_token.secret, users.oauth2.providers[0].client_secret) == (token, client)


@pytest.mark.parametrize("where", [1, 2, 3])
def test_options_may_stand_anywhere(file: Path, capsys, where: int) -> None:
    typed = ["collections", "push", str(file)]
    assert main([*typed[:where], "--dry-run", *typed[where:]]) == 0
    assert capsys.readouterr().out == "There is nothing to change.\nNothing was changed.\n"


def test_an_empty_stage_becomes_what_the_file_says(file: Path, start_anew, capsys) -> None:
    start_anew()
    assert push(file) == 1
    assert (
        "users: oauth2 providers 0 clientSecret: Cannot be blank. (a new provider's"
        in capsys.readouterr().err
    )
    change(file, "users", oauth2={"enabled": True, "providers": [PROVIDER]})
    assert push(file) == 0
    said = capsys.readouterr().out
    assert "posts: added (base), with the fields id, title, likes\n  index by_likes: added\n" in said
    assert "oauth2.providers.github.clientId none -> 'an-id'" in said
    assert PROVIDER["clientSecret"] not in said
    assert push(file, "--dry-run") == 0
    assert capsys.readouterr().out.startswith("There is nothing to change.")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"listRule": "nope = 1"}, "posts: listRule: Invalid rule. Raw error: "),
        (
            {"fields": [{"name": "bad name", "type": "text"}]},
            "posts: fields bad name name: Must be in a valid format.",
        ),
        ({"fields": [{"name": "x", "type": "nonsense"}]}, "collections: "),
        ({"indexes": ["CREATE UNIQUE INDEX one ON posts (nope)"]}, "posts: indexes one: "),
        ({"name": "users"}, "UNIQUE constraint failed"),
    ],
)
def test_what_is_refused_changes_nothing(file: Path, capsys, changes, says) -> None:
    create_collection({"name": "other", "type": "base"})
    listed = json.loads(file.read_text())
    file.write_text(json.dumps([{"name": "fresh", "type": "base", "fields": []}, *listed]))
    change(file, "posts", **changes)
    before = view_collection("posts")
    for options in ((), ("--dry-run",)):
        assert push(file, *options) == 1
        assert says in capsys.readouterr().err
    assert view_collection("posts") == before
    assert get_catalog().find("fresh") is None


def test_all_that_is_refused_is_told(file: Path, capsys) -> None:
    change(file, "posts", listRule="nope = 1")
    change(file, "users", viewRule="nowhere = 2")
    assert push(file) == 1
    said = capsys.readouterr().err
    assert "posts: listRule: Invalid rule" in said
    assert "users: viewRule: Invalid rule" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read: No such file"),
        ("[{", "is not JSON: "),
        ("{}", "should hold a list of collections"),
        ("[]", "should hold a list of collections"),
        ("[1]", "An error occurred while loading the submitted data"),
        ("[{}]", "Cannot be blank"),
    ],
)
def test_a_file_that_makes_no_sense(file: Path, capsys, text, says) -> None:
    file.unlink() if text is None else file.write_text(text)
    assert push(file) == 1
    assert says in capsys.readouterr().err


def test_a_file_that_cannot_be_written(file: Path, capsys) -> None:
    assert main(["collections", "pull", str(file / "nowhere.json")]) == 1
    assert "cannot be written: Not a directory" in capsys.readouterr().err
