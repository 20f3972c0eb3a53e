"""POST /api/batch: several changes at once. Nobody can enable that yet, so it is refused as in PocketBase."""

from chalice.app import Blueprint, Response

from chalicelib.errors import Forbidden

blueprint = Blueprint(__name__)


@blueprint.route("/api/batch", methods=["POST"], name="batch", content_types=[])
def batch() -> Response:
    """Refused, as by a PocketBase whose settings leave batches disabled."""
    raise Forbidden("Batch requests are not allowed.")
