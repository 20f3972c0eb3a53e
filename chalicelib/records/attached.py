"""What hangs on an auth record: pending second factors, one-time passwords, linked accounts, known origins.

They name it by ``collectionRef`` and ``recordRef``, two texts, not by a relation.
"""

from collections.abc import Iterable, Mapping

from chalicelib.filters import Node, all_of, having
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problem, Problems
from chalicelib.schema.providers import PROVIDERS
from chalicelib.schema.record import Record

MFAS, OTPS, EXTERNAL, ORIGINS = "_mfas", "_otps", "_externalAuths", "_authOrigins"
ATTACHED = (MFAS, OTPS, EXTERNAL, ORIGINS)

NO_AUTH_COLLECTION = Problem("validation_invalid_collection_id", "Missing or invalid collection.")
NO_RECORD = Problem("validation_invalid_record", "Missing or invalid record.")
NO_PROVIDER = Problem("validation_in_invalid", "Must be a valid value.")


def find_attached(record: Record, names: Iterable[str], related: RelatedRecords) -> list[Record]:
    """The records of these system collections that hang on an auth record."""
    owner = {"collectionRef": record.collection.id, "recordRef": record.id}
    collections = [found for name in names if (found := related.catalog.find(name))]
    return [each for found in collections for each in related.look_up(found, _naming(owner, found))]


def check_attachment(record: Record, related: RelatedRecords) -> Problems:
    """What is wrong with what a record of these collections hangs on, and with the provider it names."""
    if record.collection.name not in ATTACHED:
        return {}
    return {**_check_owner(record, related), **_check_provider(record)}


def _naming(owner: Mapping[str, str], collection: Collection) -> Node:
    fields = collection.field_by_name
    return all_of(having(fields[name], value) for name, value in owner.items())


def _check_owner(record: Record, related: RelatedRecords) -> Problems:
    collection = related.catalog.find(str(record.get("collectionRef")))
    if collection is None or not collection.is_auth or collection.id != record.get("collectionRef"):
        return {"collectionRef": NO_AUTH_COLLECTION}
    return {} if related.by_ids(collection, [str(record.get("recordRef"))]) else {"recordRef": NO_RECORD}


def _check_provider(record: Record) -> Problems:
    is_link = record.collection.name == EXTERNAL
    return {"provider": NO_PROVIDER} if is_link and record.get("provider") not in PROVIDERS else {}
