"""SQL: queries of superusers, and queries of views tried before these are made."""

from chalice.app import Blueprint, Response

from chalicelib.records.dry_run import dry_run_view
from chalicelib.records.sql import read_query, run_sql
from chalicelib.routes.answer import answer
from chalicelib.routes.read import read_request, require_superuser

blueprint = Blueprint(__name__)


@blueprint.route("/api/sql", methods=["POST"], name="sql_run", content_types=[])
def sql_run() -> Response:
    """What a query finds."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, run_sql(read_query(request)))


@blueprint.route(
    "/api/collections/meta/dry-run-view", methods=["POST"], name="collections_dry_run_view", content_types=[]
)
def collections_dry_run_view() -> Response:
    """The fields and the first records of a view that is not there yet."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, dry_run_view(request))
