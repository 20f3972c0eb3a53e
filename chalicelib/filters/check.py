"""Do the names of an expression exist and may they be used?"""

from datetime import UTC, datetime

from chalicelib.filters.bind import bind
from chalicelib.filters.failures import FilterError, SuperusersOnly
from chalicelib.filters.parse import parse
from chalicelib.filters.scope import Scope
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection

# Which words in a client's filter or sort are for superusers alone, wherever they stand. Where there are
# both, the refusal names the first of these.
RESERVED = ("@collection.", "@request.")
ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def check_client_text(text: str, request: RequestInfo) -> None:
    """Raises SuperusersOnly where a client's filter or sort reaches for more than records."""
    for reserved in RESERVED:
        if reserved in text and not request.is_superuser:
            raise SuperusersOnly(reserved)


def check_rule(text: str, collection: Collection, catalog: Catalog) -> FilterError | None:
    """What is wrong with a rule that is about to be saved in `collection`."""
    try:
        bind(parse(text), Scope(collection, catalog, RequestInfo(), ANY_MOMENT))
    except FilterError as error:
        return error
    return None
