"""Values that must be unique and are not: which fields that is said of."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.errors import ValidationFailed
from chalicelib.schema.problems import Problem, Problems, problems_to_json
from chalicelib.storage.failures import IdTaken, NotUnique

NOT_UNIQUE = Problem("validation_not_unique", "Value must be unique.")


def problems_of(taken: IdTaken | NotUnique) -> Problems:
    """Every column of the index that was hit; none of them when the index is over expressions."""
    if isinstance(taken, IdTaken):
        return {"id": NOT_UNIQUE}
    fields = {field.name.lower(): field.name for field in taken.collection.fields}
    names = [fields.get(column.name.lower()) for column in taken.index.columns]
    return {} if None in names else {name: NOT_UNIQUE for name in names if name}


@contextmanager
def taken_as_problems(message: str) -> Iterator[None]:
    """Within it, what is taken already becomes ValidationFailed."""
    try:
        yield
    except (IdTaken, NotUnique) as taken:
        raise ValidationFailed(message, problems_to_json(problems_of(taken))) from taken
