"""``provision``: what a stage needs before the first request, and what it needs once it is deployed.

Run it before the first `chalice deploy` and after each. It looks first, tells what it does, and deletes
nothing; what it cannot change it refuses, with what to do, before anything is done. Harmless when repeated or
cut short.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

from chalicelib.collections.create import ensure_defaults
from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.deploy.apply import CannotProvision
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.deployed import FOLDER, find_deployed
from chalicelib.deploy.plan import Plan
from chalicelib.deploy.provisioning import (
    open_aws,
    plan_resources,
    plan_settings,
    provision_resources,
    provision_settings,
)
from chalicelib.deploy.sender import check_sender
from chalicelib.deploy.stages import configs_of, read_stages

NOTHING = "Everything is there already."
SHOWN = "Nothing was changed: this is what would be."


def provision(tell: Callable[[str], None] = lambda text: None) -> Plan:
    """Make what is missing before the first request, and the default collections. Raises CommandFailed."""
    try:
        plan = provision_resources(open_aws(), tell)
    except CannotProvision as failed:
        raise CommandFailed(str(failed)) from failed
    ensure_defaults()
    return plan


def _run(wanted: Namespace) -> str:
    configs_of(read_stages())  # what mixes stages up is refused before anything is made
    aws = open_aws()
    try:
        told, plans = _show(aws) if wanted.dry_run else _provision(aws)
    except CannotProvision as failed:
        raise CommandFailed(str(failed)) from failed
    remarks = [remark for plan in plans for remark in plan.remarks]
    return "\n".join([*told, *remarks, *_what_is_next(aws)])


def _provision(aws: Aws) -> tuple[list[str], Sequence[Plan]]:
    plans = [provision(say)]
    if deployed := find_deployed(aws.config.stage, FOLDER):
        plans.append(provision_settings(aws, deployed, say))
    return [] if any(plan.steps for plan in plans) else [NOTHING], plans


def _show(aws: Aws) -> tuple[list[str], Sequence[Plan]]:
    plans = [plan_resources(aws)]
    if deployed := find_deployed(aws.config.stage, FOLDER):
        plans.append(plan_settings(aws, deployed))
    steps = [f"would {step.words}" for plan in plans for step in plan.steps]
    refusals = [refusal for plan in plans for refusal in plan.refusals]
    return [*(steps or [NOTHING]), *refusals, SHOWN], plans


def _what_is_next(aws: Aws) -> list[str]:
    stage = aws.config.stage
    if stage == "local":
        return []
    deploy = (
        f"Next, unless a CloudFormation stack brings the functions: chalice deploy --stage {stage}, then this"
        " command again: it sets what Chalice cannot."
    )
    return [check_sender(aws), *([] if find_deployed(stage, FOLDER) else [deploy])]


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")


COMMAND = Command("provision", "make and set up what a stage needs, before and after deploying", _add, _run)
