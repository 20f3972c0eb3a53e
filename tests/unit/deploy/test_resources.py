"""What a stage needs: what is common to all, and what protects data that somebody would miss."""

import pytest

from chalicelib.config import Config
from chalicelib.deploy.plan import make_plan
from chalicelib.deploy.resources import wanted_resources
from chalicelib.storage.bucket import lifecycle_rules

PROTECTING = {"table.protection", "bucket.versioning"}


def keys(stage: str) -> set[str]:
    return {each.key for each in wanted_resources(Config(stage=stage))}


@pytest.mark.parametrize(
    ("stage", "missing"),
    [("local", PROTECTING | {"table.recovery"}), ("dev", PROTECTING), ("prod", set()), ("staging", set())],
)
def test_what_protects_a_stage(stage: str, missing: set[str]) -> None:
    assert keys("prod") - keys(stage) == missing


def test_each_is_named_once_and_said_in_words() -> None:
    wanted = wanted_resources(Config(stage="prod"))
    assert len({each.key for each in wanted}) == len(wanted)
    assert all(each.words or each.remedy for each in wanted)


def test_a_stage_with_nothing_is_made_in_few_steps() -> None:
    steps = [step.key for step in make_plan(wanted_resources(Config(stage="prod")), {}).steps]
    assert steps == [
        "table",
        "table.expiry",
        "table.recovery",
        "bucket",
        "bucket.access",
        "bucket.encryption",
        "bucket.cors",
        "bucket.lifecycle",
        "bucket.versioning",
        "queue",
        "secret.settings-key",
    ]


def test_what_is_deleted_is_kept_where_versions_are() -> None:
    assert lifecycle_rules(Config(stage="dev")).keys() == {"quoll-unfinished", "quoll-uploads"}
    deleted = lifecycle_rules(Config(stage="prod"))["quoll-deleted"]
    assert deleted["NoncurrentVersionExpiration"] == {"NoncurrentDays": 35}
