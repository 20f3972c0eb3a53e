"""``template``: what a stage needs, as CloudFormation to be merged into Chalice's.

python -m chalicelib template --stage dev > resources.json
chalice package --stage dev --merge-template resources.json out/
"""

import json
from argparse import Namespace
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig

from chalicelib.commands.command import Command, add_nothing
from chalicelib.config import STAGES_FILE, get_config
from chalicelib.deploy.template import Application, make_template
from chalicelib.jobs import JOBS


def make_application(chalice: dict[str, Any], stage: str) -> Application:
    """What the template has to know, out of .chalice/config.json and the table of jobs."""
    app = Chalice(chalice["app_name"], configure_logs=False)
    for blueprint in JOBS:
        app.register_blueprint(blueprint)
    schedules = [each.name for each in app.event_sources if isinstance(each, ScheduledEventConfig)]
    streams = [each.name for each in app.event_sources if hasattr(each, "stream_arn")]
    settings = {"api_gateway_stage": "api", **chalice, **chalice["stages"].get(stage, {})}
    return Application(chalice["app_name"], settings["api_gateway_stage"], streams, schedules)


def _run(_: Namespace) -> str:
    config, chalice = get_config(), json.loads(STAGES_FILE.read_text())
    template = make_template(config, make_application(chalice, config.stage))
    return json.dumps(template, indent=2)


COMMAND = Command(
    "template",
    "show what a stage needs as CloudFormation, for chalice package",
    add_nothing,
    _run,
    on_stage=False,
)
