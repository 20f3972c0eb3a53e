"""The stages of .chalice/config.json: an environment made one's, and what would mix two of them up."""

import json
from collections.abc import Iterator, Mapping, MutableMapping
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError
from botocore.session import Session

from chalicelib.config import ENVIRON, STAGES_FILE, Config, ConfigError, read_config

# The stages' settings, by their names.
Stages: TypeAlias = Mapping[str, Mapping[str, str]]

# This one is run, not deployed.
LOCAL = "local"
# No stage's: where `make run` keeps its data.
OF_THE_SHELL = ("QUOLL_STATE",)
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
NO_REGION = "No region is named: export AWS_DEFAULT_REGION=..., or name one in the AWS profile."


def read_stages(file: Path = STAGES_FILE) -> Stages:
    """The settings of all stages, as their functions have them. Raises ConfigError."""
    try:
        return settings_of(json.loads(file.read_text()))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error


def settings_of(chalice: Mapping[str, Any]) -> Stages:
    """The same, out of what .chalice/config.json says: a stage says more than the whole."""
    everywhere = chalice.get("environment_variables", {})
    return {
        name: {**everywhere, **stage.get("environment_variables", {})}
        for name, stage in chalice.get("stages", {}).items()
    }


def configs_of(stages: Stages) -> list[Config]:
    """The configurations of the stages that are deployed. Raises ConfigError, where they would mix."""
    configs = [
        read_config({**settings, "QUOLL_STAGE": name}) for name, settings in stages.items() if name != LOCAL
    ]
    if mistakes := [*_find_misnamed(stages), *_find_shared(configs)]:
        raise ConfigError("\n".join(mistakes))
    return configs


def use_stage(stage: str, environ: MutableMapping[str, str] = ENVIRON, file: Path = STAGES_FILE) -> None:
    """Make an environment that of a stage's functions. Raises ConfigError.

    What the file says counts more than the environment: a table's name that a shell still has is another
    stage's.
    """
    stages = read_stages(file)
    if stage not in stages:
        raise ConfigError(f"{file} has no stage {stage!r}; it has {', '.join(sorted(stages))}")
    if mistakes := list(_find_misnamed({stage: stages[stage]})):
        raise ConfigError("\n".join(mistakes))
    for name in [name for name in environ if name.startswith("QUOLL_") and name not in OF_THE_SHELL]:
        del environ[name]
    environ.update(stages[stage])
    environ["QUOLL_STAGE"] = stage


def find_overrides(stage: str, settings: Mapping[str, str], environ: Mapping[str, str]) -> Iterator[str]:
    """What the shell says of Quoll that the stage does not: the Chalice CLI would deploy with it."""
    for name in sorted(environ):
        if name.startswith("QUOLL_") and name not in (*OF_THE_SHELL, *settings):
            yield (
                f"{name} is set in the shell, and not for stage {stage}: `unset {name}`, or put it into"
                " .chalice/config.json."
            )


def use_profile(profile: str, environ: MutableMapping[str, str] = ENVIRON) -> None:
    """Ask AWS as a profile does, whatever keys the shell has: as `chalice deploy --profile` asks."""
    for name in KEYS:
        environ.pop(name, None)
    environ["AWS_PROFILE"] = profile


def use_region(environ: MutableMapping[str, str] = ENVIRON) -> str:
    """Let all that asks AWS ask in one region, the shell's or the profile's; "" where neither names one.

    Chalice knows one of the two variables only. Raises ConfigError.
    """
    named = {environ[name] for name in REGIONS if environ.get(name)}
    if len(named) > 1:
        raise ConfigError(f"AWS_REGION and AWS_DEFAULT_REGION name two regions: {', '.join(sorted(named))}.")
    region = named.pop() if named else _region_of_profile(environ.get("AWS_PROFILE"))
    if region:
        environ.update(dict.fromkeys(REGIONS, region))
    return region


def need_region(environ: MutableMapping[str, str] = ENVIRON) -> None:
    """The same, refused where a stage on Amazon's AWS has none. Raises ConfigError."""
    is_elsewhere = (environ.get("QUOLL_STAGE") or LOCAL) == LOCAL or environ.get("AWS_ENDPOINT_URL")
    if not use_region(environ) and not is_elsewhere:
        raise ConfigError(NO_REGION)


def _region_of_profile(profile: str | None) -> str:
    try:
        return str(Session(profile=profile).get_config_variable("region") or "")
    except BotoCoreError as error:
        raise ConfigError(f"The AWS profile cannot be used: {error}") from error


def _find_misnamed(stages: Stages) -> Iterator[str]:
    for name, settings in stages.items():
        if (called := settings.get("QUOLL_STAGE", name)) != name:
            yield (
                f"Stage {name} has the QUOLL_STAGE {called} in .chalice/config.json, so it would work on that"
                f" stage's data: make it {name}, and look at its QUOLL_TABLE and QUOLL_BUCKET."
            )


def _find_shared(configs: list[Config]) -> Iterator[str]:
    for one, other in combinations(configs, 2):
        for kind, name, others in (("table", one.table, other.table), ("bucket", one.bucket, other.bucket)):
            if name == others:
                yield (
                    f"Stages {one.stage} and {other.stage} share the {kind} {name}: give each its own"
                    f" QUOLL_{kind.upper()} in .chalice/config.json."
                )
