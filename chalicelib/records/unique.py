"""Values that must be unique and are not: which fields that is said of."""

from chalicelib.schema.problems import Problem, Problems
from chalicelib.storage.failures import IdTaken, NotUnique

NOT_UNIQUE = Problem("validation_not_unique", "Value must be unique.")


def problems_of(taken: IdTaken | NotUnique) -> Problems:
    """Every column of the index that was hit; none of them when the index is over expressions."""
    if isinstance(taken, IdTaken):
        return {"id": NOT_UNIQUE}
    fields = {field.name.lower(): field.name for field in taken.collection.fields}
    names = [fields.get(column.name.lower()) for column in taken.index.columns]
    return {} if None in names else {name: NOT_UNIQUE for name in names if name}
