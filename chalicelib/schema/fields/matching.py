"""Values that must match a pattern of the schema's author."""

from chalicelib.schema.patterns import PatternError, compile_pattern
from chalicelib.schema.problems import Problem

BAD_FORMAT = Problem("validation_invalid_format", "Invalid value format.")


def matches_pattern(pattern: str, value: str) -> bool:
    """Whether the pattern is found anywhere in the value. No pattern: yes; an invalid one: no."""
    try:
        return not pattern or compile_pattern(pattern).is_found_in(value)
    except PatternError:
        return False


def check_pattern(pattern: str) -> Problem | None:
    """What is wrong with a pattern itself."""
    try:
        compile_pattern(pattern)
    except PatternError as error:
        return Problem("validation_invalid_regex", f"Error parsing regexp: {error}.")
    return None
