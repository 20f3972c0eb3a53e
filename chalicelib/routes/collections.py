"""Collections: list, view, create, update, delete, truncate, explain, import, scaffolds.

For superusers only.
"""

from chalice.app import Blueprint, Response

from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.list import list_collections
from chalicelib.collections.load import get_newest
from chalicelib.collections.update import update_collection
from chalicelib.collections.view import find_or_fail, view_collection
from chalicelib.records.explain import explain_list
from chalicelib.records.refusals import refuse_bad_fields
from chalicelib.records.truncate import truncate
from chalicelib.request import RequestInfo
from chalicelib.routes.answer import answer, answer_written, no_content
from chalicelib.routes.read import read_page, read_request, require_superuser
from chalicelib.schema.scaffolds import scaffolds

blueprint = Blueprint(__name__)

ALL = "/api/collections"
ONE = "/api/collections/{collection}"


def read_superuser_request() -> RequestInfo:
    """The request, if a superuser makes it. Raises Unauthorized, Forbidden."""
    request = require_superuser(read_request(blueprint.current_request))
    refuse_bad_fields(request)
    return request


@blueprint.route(ALL, methods=["GET", "HEAD"], name="collections_list", content_types=[])
def collections_list() -> Response:
    """A page of the collections."""
    request = read_superuser_request()
    return answer(request, list_collections(read_page(request)))


@blueprint.route(ONE, methods=["GET", "HEAD"], name="collections_view", content_types=[])
def collections_view(collection: str) -> Response:
    """One collection."""
    return answer(read_superuser_request(), view_collection(collection))


@blueprint.route(ALL, methods=["POST"], name="collections_create", content_types=[])
def collections_create() -> Response:
    """A new collection."""
    request = read_superuser_request()
    return answer_written(request, create_collection(request.body))


@blueprint.route(ONE, methods=["PATCH"], name="collections_update", content_types=[])
def collections_update(collection: str) -> Response:
    """Another definition for a collection."""
    request = read_superuser_request()
    return answer_written(request, update_collection(collection, request.body))


@blueprint.route(ONE, methods=["DELETE"], name="collections_delete", content_types=[])
def collections_delete(collection: str) -> Response:
    """No such collection any more."""
    read_superuser_request()
    delete_collection(collection)
    return no_content()


@blueprint.route(f"{ONE}/truncate", methods=["DELETE"], name="collections_truncate", content_types=[])
def collections_truncate(collection: str) -> Response:
    """No records in a collection any more."""
    read_superuser_request()
    truncate(find_or_fail(collection, get_newest().catalog))
    return no_content()


@blueprint.route(f"{ONE}/explain", methods=["GET", "HEAD"], name="collections_explain", content_types=[])
def collections_explain(collection: str) -> Response:
    """How a list of the collection's records with this filter and sort would be read."""
    request = read_superuser_request()
    return answer(request, explain_list(collection, request, read_page(request)))


@blueprint.route(f"{ALL}/import", methods=["PUT"], name="collections_import", content_types=[])
def collections_import() -> Response:
    """Many collections at once."""
    import_collections(read_superuser_request().body)
    return no_content()


@blueprint.route(
    f"{ALL}/meta/scaffolds", methods=["GET", "HEAD"], name="collections_scaffolds", content_types=[]
)
def collections_scaffolds() -> Response:
    """Blank definitions to start from."""
    return answer(read_superuser_request(), scaffolds())
