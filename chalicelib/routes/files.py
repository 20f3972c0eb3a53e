"""Files of records, and the tokens that protected ones want."""

from chalice.app import Blueprint, Response

from chalicelib.auth.file_token import give_file_token
from chalicelib.errors import NotFound
from chalicelib.files.answer import answer_file
from chalicelib.files.store import Missing
from chalicelib.records.files import show_file
from chalicelib.records.uploads import prepare_upload
from chalicelib.routes.answer import answer
from chalicelib.routes.read import read_file_request, read_request

blueprint = Blueprint(__name__)
CONTEXT = "protectedFile"


@blueprint.route(
    "/api/collections/{collection}/uploads", methods=["POST"], name="files_upload", content_types=[]
)
def files_upload(collection: str) -> Response:
    """Where to send a file that is too large for a request, and what to give the record then."""
    request = read_request(blueprint.current_request)
    return answer(request, prepare_upload(collection, request))


@blueprint.route("/api/files/token", methods=["POST"], name="files_token", content_types=[])
def files_token() -> Response:
    """A token for the addresses of protected files, good for minutes."""
    request = read_request(blueprint.current_request)
    return answer(request, {"token": give_file_token(request)})


@blueprint.route(
    "/api/files/{collection}/{record}/{filename}",
    methods=["GET", "HEAD"],
    name="files_view",
    content_types=[],
)
def files_view(collection: str, record: str, filename: str) -> Response:
    """A file, a thumb of it, or a part."""
    asked = read_file_request(blueprint.current_request).within(CONTEXT)
    try:
        found = answer_file(show_file(collection, record, filename, asked), asked)
    except Missing as error:
        raise NotFound() from error
    return Response(found.body, headers=dict(found.headers), status_code=found.status)
