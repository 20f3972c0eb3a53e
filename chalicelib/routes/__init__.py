"""HTTP in, HTTP out: the routes, and what happens around them.

A view reads the request, calls one function and answers:

    @blueprint.route("/api/collections/{collection}/records/{record}", methods=["GET", "HEAD"],
                     name="records_view", content_types=[])
    def records_view(collection: str, record: str) -> Response:
        request = read_request(blueprint.current_request)
        return answer(request, view_record(collection, record, request))

`name` is the Lambda function's name. `content_types` is empty because our own reader judges the body.
Path parameters arrive decoded (middleware.py).
"""

from chalicelib.routes import (
    backups,
    batch,
    collections,
    crons,
    files,
    health,
    logs,
    mails,
    oauth2,
    record_auth,
    records,
    settings,
    sql,
)
from chalicelib.routes.middleware import MIDDLEWARE

BLUEPRINTS = (
    health.blueprint,
    collections.blueprint,
    records.blueprint,
    record_auth.blueprint,
    files.blueprint,
    backups.blueprint,
    batch.blueprint,
    crons.blueprint,
    logs.blueprint,
    mails.blueprint,
    oauth2.blueprint,
    settings.blueprint,
    sql.blueprint,
)

__all__ = ["BLUEPRINTS", "MIDDLEWARE"]
