"""What the ids of records are made of."""

from chalicelib.schema.problems import Problem

# In the order in which they are reported.
FORBIDDEN = "./\\|\"'`<>:?*%$\n\r\t \x00"
RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{device}{n}" for device in ("COM", "LPT") for n in range(1, 10))}
)

WRONG_NAME = Problem("validation_in_invalid", 'The primary key must be named "id".')
NOT_HIDDEN = Problem("validation_empty", "Must be blank.")
CHANGED = Problem("validation_pk_change", "The record primary key cannot be changed.")


def check_primary_key(value: str) -> Problem | None:
    """Characters and names that could not be a file's on every system are not a record's either."""
    for character in FORBIDDEN:
        if character in value:
            return Problem(
                "validation_forbidden_pk_character",
                f"'{character}' is not a valid primary key character.",
                {"ch": character},
            )
    name = value.upper()
    if name not in RESERVED:
        return None
    return Problem(
        "validation_reserved_pk",
        f"The primary key '{name}' is reserved and cannot be used.",
        {"reserved": name},
    )
