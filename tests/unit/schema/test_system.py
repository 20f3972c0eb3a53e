"""The default collections and the scaffolds are those of PocketBase, to the last character."""

import json
from pathlib import Path

from chalicelib.schema.scaffolds import scaffolds
from chalicelib.schema.system import default_collections

DATA = Path(__file__).parents[2] / "data"


def test_default_collections():
    expected = json.loads((DATA / "default_collections.json").read_text())
    assert json.dumps([each.to_json() for each in default_collections()]) == json.dumps(expected)


def test_default_collections_have_secrets_and_spaces_of_their_own():
    first, again = default_collections(), default_collections()
    spaces = [each.space for each in (*first, *again)]
    assert len(set(spaces)) == len(spaces)
    assert spaces == sorted(spaces)
    assert first[-1].auth.auth_token.secret != again[-1].auth.auth_token.secret


def test_scaffolds():
    shown = scaffolds()
    suffix = shown["auth"]["indexes"][0].split("`")[1].removeprefix("idx_tokenKey_")
    assert len(suffix) == 10
    expected = (DATA / "scaffolds.json").read_text().replace("{suffix}", suffix)
    assert json.dumps(shown) == json.dumps(json.loads(expected))
    assert scaffolds()["auth"]["indexes"] != shown["auth"]["indexes"]
