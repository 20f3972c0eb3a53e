"""Who may have which file of a record."""

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import NotFound
from chalicelib.files.answer import Shown
from chalicelib.files.named import file_fields
from chalicelib.files.open import open_file
from chalicelib.files.places import Place
from chalicelib.records.access import MISSING_FOR_BODY, require_collection, require_found, rule_of, satisfies
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.fields.many import list_texts
from chalicelib.schema.record import Record
from chalicelib.views.origins import find_file_origin


def show_file(name: str, record_id: str, file_name: str, request: RequestInfo) -> Shown:
    """A file that this request may see; `request.auth` is who the token in the query is of. Raises NotFound.

    `thumb` and `download` are in the query. What is not protected is shown to anybody who knows its name.
    """
    related = RelatedRecords(get_catalog_with(name), tells_why=request.is_superuser)
    collection = require_collection(related.catalog, name, MISSING_FOR_BODY)
    if not _may_show_any(collection, request):
        raise NotFound()
    with refusals_as_answers():
        record = require_found(related.find(collection, record_id))
        field = _field_of(record, file_name)
        if field.protected and not satisfies(record, rule_of(collection, "view"), request, related):
            raise NotFound()
        place = _place_of(record, field, file_name, related)
    query = request.query
    shown = open_file(place, field, query.get("thumb", ""), is_true(query.get("download", "")))
    if shown is None:
        raise NotFound()
    return shown


def _may_show_any(collection: Collection, request: RequestInfo) -> bool:
    """Whether this request may see a file of any record: asked first, for a view is read as a whole."""
    is_closed = rule_of(collection, "view") is None and not request.is_superuser
    return any(not (field.protected and is_closed) for field in file_fields(collection))


def _place_of(record: Record, field: FileField, file_name: str, related: RelatedRecords) -> Place:
    """Where the file is: what a view shows is its source's. Raises NotFound."""
    if record.collection.type != "view":
        return Place(record.collection.id, record.id, file_name)
    origin = find_file_origin(record.collection, field.name, related.catalog)
    holders = related.everything(origin.collection) if origin else ()
    held = (each for each in holders if origin and file_name in list_texts(each.get(origin.field.name)))
    holder = require_found(next(held, None))
    return Place(holder.collection.id, holder.id, file_name)


def is_true(text: str) -> bool:
    """Whether a query parameter says yes."""
    return text in {"1", "t", "T", "true", "TRUE", "True"}


def _field_of(record: Record, file_name: str) -> FileField:
    for field in file_fields(record.collection):
        if file_name in list_texts(record.get(field.name)):
            return field
    raise NotFound()
