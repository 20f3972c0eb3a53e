"""``--stage``: a stage's environment out of .chalice/config.json."""

import json
from pathlib import Path

import pytest

from chalicelib.config import STAGES_FILE, ConfigError, read_config
from chalicelib.deploy.stages import (
    configs_of,
    find_overrides,
    need_region,
    read_stages,
    settings_of,
    use_profile,
    use_region,
    use_stage,
)

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


def stages_with(**settings: dict[str, str]) -> dict[str, dict[str, str]]:
    """The project's own stages, and others."""
    return {**settings_of(json.loads(STAGES_FILE.read_text())), **settings}


def test_the_projects_own_stages_share_nothing() -> None:
    assert [each.stage for each in configs_of(read_stages())] == ["dev", "prod"]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"QUOLL_STAGE": "dev"}, "Stage staging has the QUOLL_STAGE dev"),
        ({"QUOLL_STAGE": "staging", "QUOLL_TABLE": "quoll-dev"}, "dev and staging share the table quoll-dev"),
        ({"QUOLL_BUCKET": "quoll-prod-files"}, "prod and staging share the bucket quoll-prod-files"),
    ],
)
def test_a_stage_that_would_work_on_anothers_data(settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        configs_of(stages_with(staging=settings))


def test_a_block_with_anothers_name_is_not_used(tmp_path: Path) -> None:
    file, shell = tmp_path / "config.json", {"QUOLL_TABLE": "mine"}
    file.write_text(json.dumps({"stages": {"staging": {"environment_variables": {"QUOLL_STAGE": "dev"}}}}))
    with pytest.raises(ConfigError, match="Stage staging has the QUOLL_STAGE dev"):
        use_stage("staging", shell, file)
    assert shell == {"QUOLL_TABLE": "mine"}


def test_what_only_the_shell_says() -> None:
    shell = {"QUOLL_STAGE": "dev", "QUOLL_STATE": "here", "QUOLL_GROUPING": "single", "AWS_REGION": "x"}
    (complaint,) = find_overrides("dev", {"QUOLL_STAGE": "dev"}, shell)
    assert complaint.startswith("QUOLL_GROUPING is set in the shell, and not for stage dev: `unset")
    assert list(find_overrides("dev", {}, {"QUOLL_STAGE": "prod"})) != []


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles of the AWS CLI: one with a region, one without."""
    file = tmp_path / "aws"
    file.write_text("[profile eu]\nregion = eu-central-1\n[profile bare]\noutput = json\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("shell", "region"),
    [
        ({"AWS_PROFILE": "eu"}, "eu-central-1"),
        ({"AWS_PROFILE": "bare"}, ""),
        ({"AWS_PROFILE": "eu", "AWS_REGION": "us-west-2"}, "us-west-2"),
        ({"AWS_PROFILE": "eu", "AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
    ],
)
def test_the_region_is_the_shells_or_the_profiles(profiles: None, shell: dict[str, str], region: str) -> None:
    """And all that asks AWS is told the same: Chalice does not read AWS_REGION, nor Quoll profiles."""
    assert use_region(shell) == region
    assert {shell.get("AWS_REGION", ""), shell.get("AWS_DEFAULT_REGION", "")} == {region}
    assert not region or read_config(shell).region == region


def test_a_region_that_cannot_be_told(profiles: None) -> None:
    with pytest.raises(ConfigError, match="name two regions: eu-west-1, us-west-2"):
        use_region({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"})
    with pytest.raises(ConfigError, match=r"profile cannot be used: .*\(nobodys\)"):
        use_region({"AWS_PROFILE": "nobodys"})
    with pytest.raises(ConfigError, match="No region is named"):
        need_region({"AWS_PROFILE": "bare", "QUOLL_STAGE": "dev"})
    need_region({"AWS_PROFILE": "bare"})


def test_a_profile_that_was_typed_counts_more_than_keys() -> None:
    shell = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": "other"}
    use_profile("eu", shell)
    assert shell == {"AWS_PROFILE": "eu"}
