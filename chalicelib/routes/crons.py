"""GET /api/crons, POST /api/crons/{job}: the scheduled jobs, and running one by hand. For superusers only."""

from chalice.app import Blueprint, Response

from chalicelib.errors import NotFound
from chalicelib.jobs.firing import ask_for
from chalicelib.jobs.schedules import SCHEDULES, find_automatic, find_schedule, listed
from chalicelib.routes.answer import answer, no_content
from chalicelib.routes.read import read_request, require_superuser

blueprint = Blueprint(__name__)
UNKNOWN = "Missing or invalid cron job."


@blueprint.route("/api/crons", methods=["GET", "HEAD"], name="crons_list", content_types=[])
def crons_list() -> Response:
    """All jobs."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, [schedule.to_json() for schedule in listed((*SCHEDULES, *find_automatic()))])


@blueprint.route("/api/crons/{job}", methods=["POST"], name="crons_run", content_types=[])
def crons_run(job: str) -> Response:
    """Let a job run. It does so within a minute, in the minute tick: a job may take longer than a request."""
    require_superuser(read_request(blueprint.current_request))
    schedule = find_schedule(job)
    if schedule is None:
        raise NotFound(UNKNOWN)
    ask_for(schedule)
    return no_content()
