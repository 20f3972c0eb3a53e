"""The requests' log: a page of it, its totals by the hour, one line, clearing it. For superusers only."""

from chalice.app import Blueprint, Response

from chalicelib.jobs.logs import clear_and_clean_up
from chalicelib.logs.query import count_by_hour, list_logs, view_log
from chalicelib.routes.answer import answer, no_content
from chalicelib.routes.read import read_page, read_request, require_superuser

blueprint = Blueprint(__name__)


@blueprint.route("/api/logs", methods=["GET", "HEAD"], name="logs_list", content_types=[])
def logs_list() -> Response:
    """A page of the log."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, list_logs(read_page(request)))


@blueprint.route("/api/logs/stats", methods=["GET", "HEAD"], name="logs_stats", content_types=[])
def logs_stats() -> Response:
    """How many requests there were in each hour."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, count_by_hour(request.query.get("filter", "")))


@blueprint.route("/api/logs/{log}", methods=["GET", "HEAD"], name="logs_view", content_types=[])
def logs_view(log: str) -> Response:
    """One line of the log."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, view_log(log))


@blueprint.route("/api/logs", methods=["DELETE"], name="logs_delete", content_types=[])
def logs_delete() -> Response:
    """An empty log. The lines leave the table soon after."""
    require_superuser(read_request(blueprint.current_request))
    clear_and_clean_up()
    return no_content()
