"""Secrets among the settings: sealed for one setting, opened by the stage's key alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.settings.model import DEFAULTS, SECRETS, get_at
from chalicelib.settings.seal import SecretLost, open_secret, seal_secrets
from chalicelib.settings.validate import LONGEST_SECRET

NAMES = [".".join(path) for path in SECRETS]


def with_secrets(text: str) -> dict[str, object]:
    return {"smtp": {"password": text}, "s3": {"secret": text}, "backups": {"s3": {"secret": text}}}


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=60))
def test_sealed_and_opened(aws, text):
    sealed = seal_secrets(DEFAULTS.merged_with(with_secrets(text)), DEFAULTS)
    found = [get_at(sealed, path) for path in SECRETS]
    assert len(set(found)) == len(SECRETS)
    assert text not in found
    assert [open_secret(each, name) for each, name in zip(found, NAMES, strict=True)] == [text] * 3


@pytest.mark.parametrize("text", ["x" * LONGEST_SECRET, "ü" * (LONGEST_SECRET // 2)])
def test_the_longest_can_be_opened(aws: None, text: str) -> None:
    sealed = seal_secrets(DEFAULTS.merged_with(with_secrets(text)), DEFAULTS)
    assert open_secret(sealed.smtp.password, "smtp.password") == text


def test_what_is_kept_is_not_sealed_again(aws: None) -> None:
    first = seal_secrets(DEFAULTS.merged_with(with_secrets("hush")), DEFAULTS)
    second = seal_secrets(first.merged_with({"smtp": {"password": "other"}}), first)
    assert second.s3 == first.s3
    assert open_secret(second.smtp.password, "smtp.password") == "other"


def test_an_empty_one_stays_empty(aws: None) -> None:
    first = seal_secrets(DEFAULTS.merged_with(with_secrets("hush")), DEFAULTS)
    emptied = seal_secrets(first.merged_with(with_secrets("")), first)
    assert emptied == DEFAULTS
    assert open_secret("", "smtp.password") == ""


def test_a_seal_is_good_for_one_setting(aws: None) -> None:
    sealed = seal_secrets(DEFAULTS.merged_with(with_secrets("hush")), DEFAULTS)
    for text, name in (
        (sealed.smtp.password, "s3.secret"),
        ("hush", "smtp.password"),
        (sealed.smtp.password[:-1], "smtp.password"),
    ):
        with pytest.raises(SecretLost, match=f"The setting {name} was sealed with another key"):
            open_secret(text, name)
