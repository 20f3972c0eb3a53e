"""``--stage``: a stage's environment out of .chalice/config.json."""

import json
from pathlib import Path

import pytest

from chalicelib.config import STAGES_FILE, ConfigError, read_config, use_stage

STAGES = {
    "environment_variables": {"QUOLL_LOG_LEVEL": "DEBUG", "QUOLL_QUERY_BUDGET": "7"},
    "stages": {
        "dev": {"environment_variables": {"QUOLL_TABLE": "mine", "QUOLL_LOG_LEVEL": "ERROR"}},
        "bare": {},
    },
}


@pytest.fixture
def stages(tmp_path: Path) -> Path:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(STAGES))
    return file


def test_a_stage_says_more_than_the_whole_and_both_more_than_the_shell(stages: Path) -> None:
    shell = {
        "QUOLL_TABLE": "prods",
        "QUOLL_BUCKET": "prods",
        "QUOLL_STATE": "here",
        "AWS_REGION": "eu-west-1",
    }
    use_stage("dev", shell, stages)
    assert shell == {
        "QUOLL_STAGE": "dev",
        "QUOLL_TABLE": "mine",
        "QUOLL_LOG_LEVEL": "ERROR",
        "QUOLL_QUERY_BUDGET": "7",
        "QUOLL_STATE": "here",
        "AWS_REGION": "eu-west-1",
    }
    use_stage("bare", shell, stages)
    config = read_config(shell)
    assert (config.stage, config.table, config.bucket) == ("bare", "quoll-bare", "quoll-bare-files")


def test_an_unknown_stage_changes_nothing(stages: Path) -> None:
    shell = {"QUOLL_TABLE": "prods"}
    with pytest.raises(ConfigError, match="has no stage 'prod'; it has bare, dev"):
        use_stage("prod", shell, stages)
    assert shell == {"QUOLL_TABLE": "prods"}


@pytest.mark.parametrize("text", [None, "{"])
def test_a_file_that_cannot_be_read(stages: Path, text: str | None) -> None:
    stages.unlink() if text is None else stages.write_text(text)
    with pytest.raises(ConfigError, match="cannot be read"):
        use_stage("dev", {}, stages)


@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_the_projects_own_stages(stage: str) -> None:
    environment: dict[str, str] = {}
    use_stage(stage, environment, STAGES_FILE)
    assert read_config(environment).stage == stage
