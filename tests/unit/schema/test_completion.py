"""What a definition gets without asking."""

import pytest

from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from tests.unit.schema.definitions import saved

POSTS = {"name": "posts", "fields": [{"name": "a", "type": "text"}]}


def test_an_id_made_of_type_and_name():
    assert saved({"name": "_mfas"}).id == "pbc_2279338944"
    assert saved({"name": "_superusers", "type": "auth"}).id == "pbc_3142635823"
    assert complete(Collection.from_json({"name": "_mfas"}), taken={"pbc_2279338944"}).id == "pbc_22793389442"
    assert saved({"name": "_mfas", "id": "mine"}).id == "mine"


def test_spaces_sort_by_age_and_differ():
    spaces = [saved(POSTS).space for _ in range(50)]
    assert len(set(spaces)) == 50
    old = saved(POSTS)
    assert complete(old.merged_with({"name": "b"}), old).space == old.space


KEYS = [
    (
        [],
        [
            "CREATE UNIQUE INDEX `idx_tokenKey_{id}` ON `m` (`tokenKey`)",
            "CREATE UNIQUE INDEX `idx_email_{id}` ON `m` (`email`) WHERE `email` != ''",
        ],
    ),
    (
        ["CREATE INDEX i ON m (email)"],
        [
            "CREATE INDEX i ON m (email)",
            "CREATE UNIQUE INDEX `idx_tokenKey_{id}` ON `m` (`tokenKey`)",
            "CREATE UNIQUE INDEX `idx_email_{id}` ON `m` (`email`) WHERE `email` != ''",
        ],
    ),
    (
        ["CREATE UNIQUE INDEX i ON m (email COLLATE NOCASE)"],
        [
            "CREATE UNIQUE INDEX i ON m (email COLLATE NOCASE)",
            "CREATE UNIQUE INDEX `idx_tokenKey_{id}` ON `m` (`tokenKey`)",
        ],
    ),
    (
        ["CREATE UNIQUE INDEX i ON m (email)", "CREATE UNIQUE INDEX j ON m (tokenKey)"],
        ["CREATE UNIQUE INDEX i ON m (email)", "CREATE UNIQUE INDEX j ON m (tokenKey)"],
    ),
]


@pytest.mark.parametrize(("given", "expected"), KEYS)
def test_indexes_that_sign_in_needs(given, expected):
    made = saved({"name": "m", "type": "auth", "indexes": given})
    assert [index.text for index in made.indexes] == [text.replace("{id}", made.id) for text in expected]


def test_a_chosen_id_is_not_in_the_names_of_new_indexes():
    made = saved({"id": "mine", "name": "m", "type": "auth"})
    assert "idx_email_pbc_" in made.indexes[1].text
    again = complete(made.merged_with({"indexes": []}), made)
    assert "idx_email_mine" in again.indexes[1].text


TABLES = [
    ("CREATE INDEX i ON posts (a)", "CREATE INDEX i ON posts (a)"),
    ("CREATE  INDEX i ON [posts] (a)", "CREATE  INDEX i ON [posts] (a)"),
    ("CREATE  INDEX i ON POSTS (a)", "CREATE INDEX `i` ON `posts` (`a`)"),
    ("create  index i on other (a)", "CREATE INDEX `i` ON `posts` (`a`)"),
    ("CREATE INDEX i ON `` (a)", "CREATE INDEX `i` ON `posts` (`a`)"),
    ("garbage", "garbage"),
]


@pytest.mark.parametrize(("given", "expected"), TABLES)
def test_an_index_follows_its_collection(given, expected):
    assert saved({**POSTS, "indexes": [given]}).indexes[0].text == expected


@pytest.mark.parametrize("name", ["b b", "`", "", "é", '"', "a\0b"])
def test_no_name_breaks_it(name):
    assert saved({"name": name, "type": "auth", "indexes": ["CREATE INDEX i ON posts (email)"]}).name == name


def test_fields_that_are_not_there_are_not_mapped():
    mapped = {"id": "zzz", "name": "nick", "username": "email"}
    made = saved(
        {
            "name": "m",
            "type": "auth",
            "fields": [{"name": "nick", "type": "text"}],
            "oauth2": {"mappedFields": mapped},
        }
    )
    assert made.to_json()["oauth2"]["mappedFields"] == {
        "id": "",
        "name": "nick",
        "username": "email",
        "avatarURL": "",
    }


@pytest.mark.parametrize(
    ("before", "after", "is_revoked"),
    [
        ("", "", False),
        (None, None, False),
        ("", None, True),
        ("", "verified = true", True),
        ("a = 1", "a = 2", True),
    ],
)
def test_another_auth_rule_revokes_all_tokens(
    before: str | None, after: str | None, is_revoked: bool
) -> None:
    old = complete(Collection.from_json({"name": "u", "type": "auth", "authRule": before}))
    new = complete(old.merged_with({"authRule": after, "authToken": {"secret": "s" * 50}}), old)
    assert (new.auth.auth_token.secret != "s" * 50) is is_revoked


def test_a_chosen_id_is_in_the_names_beside_given_indexes():
    given = {"name": "m", "type": "auth", "id": "mine", "indexes": ["CREATE INDEX i ON m (email)"]}
    assert "idx_email_mine" in complete(Collection.from_json(given)).indexes[2].text


@pytest.mark.parametrize(
    ("mfa", "otp", "expected"), [(False, False, False), (False, True, True), (True, False, True)]
)
def test_no_superuser_signs_in_by_a_code_alone(mfa: bool, otp: bool, expected: bool) -> None:
    options = {"mfa": {"enabled": mfa}, "otp": {"enabled": otp}}
    assert saved({"name": "_superusers", "type": "auth", **options}).auth.mfa.enabled is expected
    assert saved({"name": "others", "type": "auth", **options}).auth.mfa.enabled is mfa
