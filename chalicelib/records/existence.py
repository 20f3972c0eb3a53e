"""What only the database can tell about values: do the records they name exist, is an id still free."""

from chalicelib.records.attached import check_attachment
from chalicelib.records.related import RelatedRecords, ids_in
from chalicelib.schema.fields.relation import MISSING_RECORDS, RelationField
from chalicelib.schema.problems import Problem, Problems
from chalicelib.schema.record import Record

INVALID_AUTH_ID = Problem("validation_invalid_auth_id", "Invalid or duplicated auth record id.")


def check_existence(before: Record | None, after: Record, related: RelatedRecords) -> Problems:
    """What is wrong with a record's references."""
    problems = dict.fromkeys(_dangling(before, after, related), MISSING_RECORDS)
    return {**problems, **check_attachment(after, related)}


def check_given_id(record: Record, related: RelatedRecords) -> Problems:
    """What is wrong with the id that a client gave a new auth record.

    Tokens and owners are told apart by ids alone, so no other auth collection may have it.
    """
    if not record.collection.is_auth or not record.id:
        return {}
    others = [each for each in related.catalog if each.is_auth and each.id != record.collection.id]
    related.fetch([(other, record.id) for other in others])
    is_taken = any(related.by_ids(other, [record.id]) for other in others)
    return {"id": INVALID_AUTH_ID} if is_taken else {}


def _dangling(before: Record | None, after: Record, related: RelatedRecords) -> list[str]:
    """The relations with ids of no record. Ids that were there before are not looked up again."""
    named = {
        field.name: (target, _new_ids(field.name, before, after))
        for field in after.collection.fields
        if isinstance(field, RelationField) and (target := related.catalog.find(field.collection_id))
    }
    related.fetch([(target, record_id) for target, ids in named.values() for record_id in ids])
    return [name for name, (target, ids) in named.items() if len(related.by_ids(target, ids)) < len(ids)]


def _new_ids(name: str, before: Record | None, after: Record) -> list[str]:
    known = set(ids_in(before, name)) if before else set()
    return [record_id for record_id in dict.fromkeys(ids_in(after, name)) if record_id not in known]
