"""Looking at a stage, and doing what it lacks: before the first deployment, and after each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import get_config
from chalicelib.deploy.apply import RESOURCES, CannotProvision, Do, Say, apply_plan, wait_until_active
from chalicelib.deploy.apply_settings import make_does
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.deployed import Deployed
from chalicelib.deploy.found import find_resources
from chalicelib.deploy.found_settings import find_arns, find_settings, with_gateway
from chalicelib.deploy.gateway_stage import wanted_settings
from chalicelib.deploy.plan import Plan, make_plan
from chalicelib.deploy.resources import wanted_resources
from chalicelib.storage.engine import get_engine


def open_aws() -> Aws:
    """The configured stage's."""
    return Aws(get_config(), get_engine())


def plan_resources(aws: Aws) -> Plan:
    """What is missing before the first request. Raises CannotProvision."""
    with _looking():
        return make_plan(wanted_resources(aws.config), find_resources(aws))


def plan_settings(aws: Aws, deployed: Deployed) -> Plan:
    """What is not set yet on what is deployed. Raises CannotProvision."""
    with _looking():
        named = with_gateway(aws, deployed)
        return make_plan(wanted_settings(aws.config, named, find_arns(aws)), find_settings(aws, named))


def provision_resources(aws: Aws, tell: Say) -> Plan:
    """Make what is missing before the first request; what was done. Raises CannotProvision."""
    plan = plan_resources(aws)
    if "table" not in {step.key for step in plan.steps}:
        wait_until_active(aws)  # an earlier run may have ended before it was
    perform(plan, aws, tell, RESOURCES)
    return plan


def provision_settings(aws: Aws, deployed: Deployed, tell: Say) -> Plan:
    """Set what Chalice cannot; what was done. Raises CannotProvision."""
    plan = plan_settings(aws, deployed)
    perform(plan, aws, tell, make_does(deployed))
    return plan


def perform(plan: Plan, aws: Aws, tell: Callable[[str], None], does: Mapping[str, Do]) -> None:
    """Do a plan, unless something of it is refused: then nothing. Raises CannotProvision."""
    if plan.refusals:
        raise CannotProvision("\n".join([*plan.refusals, "Nothing was changed."]))
    apply_plan(plan, aws, tell, does)


@contextmanager
def _looking() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise CannotProvision(f"AWS does not let itself be looked at: {error}") from error
