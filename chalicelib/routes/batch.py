"""POST /api/batch: several changes of records at once, all of them or none."""

from chalice.app import Blueprint, Response

from chalicelib.errors import Forbidden, TooLarge
from chalicelib.records.batch import run_batch
from chalicelib.records.refusals import refuse_bad_fields
from chalicelib.routes.answer import answer_several
from chalicelib.routes.batch_body import read_batch
from chalicelib.routes.read import read_request
from chalicelib.settings.load import get_settings

blueprint = Blueprint(__name__)

OFF = "Batch requests are not allowed."
LARGE = "Request entity too large."
DEFAULT_MAX_BYTES = 128 * 1024 * 1024


@blueprint.route("/api/batch", methods=["POST"], name="batch", content_types=[])
def batch() -> Response:
    """The answers to all requests of the body."""
    request = read_request(blueprint.current_request)
    settings = get_settings().batch
    if not settings.enabled:
        raise Forbidden(OFF)
    if len(blueprint.current_request.raw_body) > (settings.max_body_size or DEFAULT_MAX_BYTES):
        raise TooLarge(LARGE)
    several = read_batch(request.body, settings)
    refuse_bad_fields(request)
    return answer_several(request, run_batch(several, request, settings.timeout))
