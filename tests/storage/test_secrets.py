"""Secrets of a stage, out of SSM's parameter store."""

import boto3
import pytest

from chalicelib.config import Config, get_config
from chalicelib.storage.secrets import (
    SECRETS,
    TRUSTED_SECONDS,
    SecretMissing,
    _memory,
    get_secret,
    new_secret,
    secret_path,
)


def put(name: str, value: str) -> None:
    boto3.client("ssm").put_parameter(
        Name=f"/quoll/test/{name}", Value=value, Type="SecureString", Overwrite=True
    )


def test_read_decrypted_and_kept_for_a_while(aws: None) -> None:
    put("of-a-team", "first")
    assert get_secret("of-a-team") == "first"
    put("of-a-team", "second")
    assert get_secret("of-a-team") == "first"


def test_read_again_when_the_while_is_over(aws: None) -> None:
    put("that-changes", "first")
    assert get_secret("that-changes") == "first"
    put("that-changes", "second")
    path = secret_path(get_config(), "that-changes")
    value, until = _memory.read[path]
    _memory.read[path] = (value, until - TRUSTED_SECONDS * 1000)
    assert get_secret("that-changes") == "second"


def test_one_that_is_missing_is_told_by_its_path(aws: None) -> None:
    with pytest.raises(SecretMissing, match="The secret /quoll/test/nowhere cannot be read"):
        get_secret("nowhere")


def test_each_stage_has_its_own() -> None:
    paths = {secret_path(Config(stage=stage), name) for stage in ("dev", "prod") for name in SECRETS}
    assert len(paths) == 2 * len(SECRETS)


@pytest.mark.parametrize("name", ["", "a/b", "../prod/key", "a b", "a\n", "é"])
def test_a_name_cannot_lead_elsewhere(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a secret"):
        get_secret(name)


def test_made_up_ones_differ() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
