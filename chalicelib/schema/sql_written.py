"""Values of SQL results as text: as PocketBase writes them, whose numbers are written as Go does."""

from decimal import Decimal

from chalicelib.schema.sqlite_values import Stored

# Below one exponent, and from the other on, a number is written with it.
SMALLEST_PLAIN, LARGEST_PLAIN = -4, 6


def write_cell(value: Stored) -> str | None:
    """A cell of a result; None for NULL.

    >>> write_cell(None), write_cell(b"a"), write_cell(12), write_cell("x")
    (None, 'a', '12', 'x')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return write_float(value) if isinstance(value, float) else str(value)


def write_float(number: float) -> str:
    """A number with as few digits as tell it from all others.

    >>> [write_float(number) for number in (1.0, 0.1, 1e15, 123456789.125, -0.0, 1e-5, 100000.5)]
    ['1', '0.1', '1e+15', '1.23456789125e+08', '-0', '1e-05', '100000.5']
    """
    if number != number or number in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(number)]
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    if not number:
        return "-0" if sign else "0"
    point = len(digits) + int(exponent)
    written = "".join(map(str, digits))
    if not SMALLEST_PLAIN <= point - 1 < LARGEST_PLAIN:
        rest = f".{written[1:]}" if len(written) > 1 else ""
        return f"{'-' * sign}{written[0]}{rest}e{'-' if point < 1 else '+'}{abs(point - 1):02d}"
    return "-" * sign + _plain(written, point)


def _plain(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    whole, rest = digits[:point].ljust(point, "0"), digits[point:]
    return f"{whole}.{rest}" if rest else whole
