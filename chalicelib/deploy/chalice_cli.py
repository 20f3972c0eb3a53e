"""Where the Chalice CLI is told otherwise: called at the end of app.py, when the CLI has loaded it.

`chalice deploy`, `chalice package` and `chalice generate-models` then make one Lambda function per route, a
gateway that answers as PocketBase does, and packages that start fast. Methods of Chalice's are wrapped for
that; tests/unit/deploy fails if a release of Chalice calls them otherwise.
"""

import atexit
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chalice.app import Chalice, ChaliceAuthorizer
from chalice.config import Config as ChaliceConfig
from chalice.deploy.packager import BaseLambdaDeploymentPackager, LayerDeploymentPackager
from chalice.deploy.swagger import SwaggerGenerator
from chalice.package import TerraformGenerator
from click import ClickException, get_current_context

from chalicelib.config import ENVIRON, STAGES_FILE, Config, ConfigError, get_config
from chalicelib.deploy.chalice_files import wanted_files
from chalicelib.deploy.functions import GROUPINGS, announce_functions, find_complaints
from chalicelib.deploy.gateway_document import (
    answer_as_pocketbase,
    answer_preflights,
    answer_unknown_paths,
    point_at_functions,
)
from chalicelib.deploy.packaging import (
    File,
    finish_layer,
    needed_requirements,
    recipe,
    runtime_of_this_python,
    shipped_files,
)
from chalicelib.deploy.permissions import NO_ROW
from chalicelib.deploy.stages import (
    LOCAL,
    NO_REGION,
    find_overrides,
    read_stages,
    use_profile,
    use_region,
)
from chalicelib.deploy.stream import point_at_stream
from chalicelib.deploy.template import gateway_name

DEPLOYING = ("deploy", "package")
NO_STAGE = (
    "This is no stage that is deployed. Give it an entry like that of dev in .chalice/config.json, with its"
    " QUOLL_STAGE, and run `python -m chalicelib policies`; stage local is for `make run`."
)


class CannotDeploy(ClickException):
    """What has to be put right first; the CLI shows it as it is."""


def prepare_deployment(app: Chalice) -> None:
    """Tell the CLI, which has just loaded the application, how to deploy it. Raises CannotDeploy."""
    config = _read_config()
    if complaints := list(_find_complaints(app, config)):
        raise CannotDeploy("\n".join(complaints))
    announce_functions(app, config.grouping)
    point_at_stream(app, config)
    _wrap_document(config.grouping)
    _repair_terraform()
    if ChaliceConfig().lambda_python_version == runtime_of_this_python():
        _wrap_packages()


def _read_config() -> Config:
    try:
        if profile := _typed("profile"):
            use_profile(profile)
        if not use_region() and _command() == "deploy":
            raise CannotDeploy(NO_REGION)
        return get_config()
    except ConfigError as error:
        raise CannotDeploy(str(error)) from error


def _find_complaints(app: Chalice, config: Config) -> Iterator[str]:
    try:
        yield from _find_mix_ups(config) or _find_errors(app, config)
    except ConfigError as error:
        yield str(error)


def _find_mix_ups(config: Config) -> list[str]:
    """What lets a stage that is deployed be another one than was typed."""
    stages, stage = read_stages(), _typed("stage") or config.stage
    if LOCAL in (stage, config.stage) or stage not in stages:
        return [NO_STAGE] if _command() in DEPLOYING else []
    return list(find_overrides(stage, stages[stage], ENVIRON))


def _find_errors(app: Chalice, config: Config) -> Iterator[str]:
    if config.stage == LOCAL:
        return
    yield from find_complaints(app, config.grouping, config.stage)
    try:
        is_made = all(each.is_there for each in wanted_files(app, STAGES_FILE.parent))
    except KeyError as missing:
        yield NO_ROW.format(name=missing.args[0])
    else:
        if not is_made:
            yield "What .chalice says about roles is out of date: run `python -m chalicelib policies`."


def _command() -> str:
    context = get_current_context(silent=True)
    return (context.info_name or "") if context else ""


def _typed(option: str) -> str:
    """What was typed for an option of the command, or its default."""
    context = get_current_context(silent=True)
    return str(context.params.get(option) or "") if context else ""


def _wrap(owner: type, method: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """A method is wrapped, not its class: when app.py is loaded, the CLI may hold an object already."""
    given = getattr(owner, method)
    setattr(owner, method, wraps(given)(make(given)))


def _wrap_document(grouping: str) -> None:
    def make(generate: Callable[..., Any]) -> Callable[..., Any]:
        def generate_ours(self: SwaggerGenerator, app: Chalice, rest_api: Any = None) -> Any:
            document = generate(self, app, rest_api)
            point_at_functions(document, app, GROUPINGS[grouping], partial(_address, self))
            answer_preflights(document)
            answer_unknown_paths(document)
            answer_as_pocketbase(document)
            # Metrics are filed under this name: that of one stage alone.
            document["info"]["title"] = gateway_name(get_config(), app.app_name)
            return document

        return generate_ours

    _wrap(SwaggerGenerator, "generate_swagger", make)


def _address(generator: SwaggerGenerator, name: str) -> Any:
    """A function's address, as this generator writes that of an authorizer."""
    return generator._auth_uri(ChaliceAuthorizer(name, _never_called))


def _never_called() -> None:
    """What an authorizer that nobody uses would do."""


def _repair_terraform() -> None:
    """Chalice 1.34 makes log groups for Terraform, but looks for their method in vain and misnames them."""

    def make(generate: Callable[..., None]) -> Callable[..., None]:
        def generate_ours(self: TerraformGenerator, resource: Any, template: Any) -> None:
            generate(self, resource, template)
            if group := resource.log_group:
                groups = template["resource"]["aws_cloudwatch_log_group"]
                groups[group.resource_name]["name"] = group.log_group_name

        return generate_ours

    _wrap(TerraformGenerator, "_generate_lambdafunction", make)
    TerraformGenerator._generate_loggroup = TerraformGenerator._generate_log_group  # type: ignore[attr-defined]


def _wrap_packages() -> None:
    scratch = TemporaryDirectory()
    atexit.register(scratch.cleanup)
    folder = Path(scratch.name)

    def make_files(find: Callable[..., Iterator[File]]) -> Callable[..., Iterator[File]]:
        return lambda self, project: shipped_files(find(self, project), folder)

    def make_build(build: Callable[..., None]) -> Callable[..., None]:
        def build_ours(self: Any, version: str, requirements_filepath: str, site_packages_dir: str) -> None:
            needed = folder / "requirements.txt"
            needed.write_text(needed_requirements(Path(requirements_filepath).read_text()))
            build(self, version, str(needed), site_packages_dir)
            finish_layer(Path(site_packages_dir))

        return build_ours

    def make_name(name: Callable[..., str]) -> Callable[..., str]:
        return lambda self, *place: name(self, *place).replace(".zip", f"-{recipe()}.zip")

    _wrap(BaseLambdaDeploymentPackager, "_iter_app_filenames", make_files)
    _wrap(BaseLambdaDeploymentPackager, "_build_python_dependencies", make_build)
    _wrap(LayerDeploymentPackager, "deployment_package_filename", make_name)
