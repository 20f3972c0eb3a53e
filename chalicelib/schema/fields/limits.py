"""The bounds that options and values are held to, and the problems of breaking them."""

from chalicelib.schema.problems import Problem

MAX_SAFE_INTEGER = 2**53 - 1


def too_small(threshold: object) -> Problem:
    """Below the least value an option may have."""
    return Problem(
        "validation_min_greater_equal_than_required",
        f"Must be no less than {threshold}.",
        {"threshold": threshold},
    )


def too_large(threshold: object) -> Problem:
    """Above the greatest value an option may have."""
    return Problem(
        "validation_max_less_equal_than_required",
        f"Must be no greater than {threshold}.",
        {"threshold": threshold},
    )


def wrong_length(least: int, most: int) -> Problem:
    """A text, or a list, that has fewer than it must have or more than it may."""
    message = f"The length must be between {least} and {most}."
    return Problem("validation_length_out_of_range", message, {"max": most, "min": least})


def check_range(value: int, least: int = 0, greatest: int = MAX_SAFE_INTEGER) -> Problem | None:
    """An integer option that must lie between two bounds."""
    if value < least:
        return too_small(least)
    return too_large(greatest) if value > greatest else None


def check_optional_range(value: int, least: int, greatest: int = MAX_SAFE_INTEGER) -> Problem | None:
    """The same for an option whose 0 means that it is not set."""
    return check_range(value, least, greatest) if value else None
