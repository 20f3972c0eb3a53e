"""Real numbers as SQLite writes them: 17 digits, or fewer where a nearby shorter number is the same one."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from math import isinf

DIGITS = 17
# SQLite knows one digit more, and rounds again.
_KNOWN = Context(prec=DIGITS + 1, rounding=ROUND_HALF_EVEN)


def real_to_text(value: float) -> str:
    """A real as text.

    >>> [real_to_text(value) for value in (1.0, 49.47, 0.1 + 0.2, 1 / 3, -0.0)]
    ['1.0', '49.47', '0.30000000000000004', '0.33333333333333332', '0.0']
    >>> [real_to_text(value) for value in (1e16, 1e17, -1e-05)]
    ['10000000000000000.0', '1.0e+17', '-1.0e-05']
    """
    if value == 0:
        return "0.0"  # there is no negative zero
    sign = "-" if value < 0 else ""
    if isinf(value):
        return f"{sign}Inf"
    return sign + _positive_to_text(abs(value))


def _positive_to_text(value: float) -> str:
    known = _KNOWN.create_decimal(Decimal(value))
    shown = Context(prec=_digits_to_show(value, known), rounding=ROUND_HALF_UP).plus(known)
    power = shown.adjusted()
    digits = "".join(map(str, shown.as_tuple().digits)).rstrip("0")
    if power < -4 or power >= DIGITS:
        return f"{digits[0]}.{digits[1:] or '0'}e{power:+03d}"
    if power < 0:
        return f"0.{'0' * (-power - 1)}{digits}"
    return f"{digits[: power + 1]:0<{power + 1}}.{digits[power + 1 :] or '0'}"


def _digits_to_show(value: float, known: Decimal) -> int:
    """Fewer than 17 when the last ones look like a rounding error, and it is the same number without them."""
    digits = "".join(map(str, known.as_tuple().digits)).ljust(DIGITS + 1, "0")
    if digits[14:16] == "99":
        head, more = digits[:14].rstrip("9"), 1
    elif digits[13:16] == "000":
        head, more = digits[:14].rstrip("0"), 0
    else:
        return DIGITS
    shorter = Decimal(int(head or "0") + more).scaleb(known.adjusted() + 1 - len(head))
    return len(head) + 1 if float(shorter) == value else DIGITS
