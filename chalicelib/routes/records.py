"""Records: list, view, create, update, delete."""

from chalice.app import Blueprint, Response

from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.query import list_records, view_record
from chalicelib.records.update import update_record
from chalicelib.routes.answer import answer, answer_written, no_content
from chalicelib.routes.read import read_page, read_request

blueprint = Blueprint(__name__)

LIST = "/api/collections/{collection}/records"
ONE = "/api/collections/{collection}/records/{record}"


@blueprint.route(LIST, methods=["GET", "HEAD"], name="records_list", content_types=[])
def records_list(collection: str) -> Response:
    """A page of the records that the list rule and the filter let through."""
    request = read_request(blueprint.current_request)
    return answer(request, list_records(collection, request, read_page(request)).to_json())


@blueprint.route(ONE, methods=["GET", "HEAD"], name="records_view", content_types=[])
def records_view(collection: str, record: str) -> Response:
    """One record."""
    request = read_request(blueprint.current_request)
    return answer(request, view_record(collection, record, request))


@blueprint.route(LIST, methods=["POST"], name="records_create", content_types=[])
def records_create(collection: str) -> Response:
    """A new record."""
    request = read_request(blueprint.current_request)
    return answer_written(request, create_record(collection, request))


@blueprint.route(ONE, methods=["PATCH"], name="records_update", content_types=[])
def records_update(collection: str, record: str) -> Response:
    """Other values for a record."""
    request = read_request(blueprint.current_request)
    return answer_written(request, update_record(collection, record, request))


@blueprint.route(ONE, methods=["DELETE"], name="records_delete", content_types=[])
def records_delete(collection: str, record: str) -> Response:
    """No such record any more."""
    request = read_request(blueprint.current_request)
    delete_record(collection, record, request)
    return no_content()
