"""Checks of single values among the settings: what is wrong with one, or None. Pure."""

import re
from collections.abc import Callable, Sequence

from chalicelib.cron import CronError, parse_cron
from chalicelib.schema.fields.email import NOT_AN_ADDRESS, is_email
from chalicelib.schema.fields.limits import too_small, wrong_length
from chalicelib.schema.fields.url_syntax import is_url
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none
from chalicelib.settings.addresses import find_address, find_network

LONGEST_NAME = 255
COLOUR_LENGTH = 7

NOT_A_URL = Problem("validation_is_url", "Must be a valid URL.")
NOT_A_HOST = Problem("validation_is_host", "Must be a valid IP address or DNS name.")
NOT_A_COLOUR = Problem("validation_is_hex_color", "Must be a valid hexadecimal color code.")
NOT_SEVEN = Problem(
    "validation_length_invalid",
    f"The length must be exactly {COLOUR_LENGTH}.",
    {"max": COLOUR_LENGTH, "min": COLOUR_LENGTH},
)
# The spelling is PocketBase's.
NOT_AN_IP = Problem("validation_invlaid_ip_or_subnet", "Invalid IP or CIDR subnet.")
NAME_LENGTH = wrong_length(1, LONGEST_NAME)
NOT_AMONG = Problem("validation_in_invalid", "Must be a valid value.")

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LABEL = r"[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}"
_DNS_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*[._]?")
_LONGEST_DNS_NAME = 255


def check_name(text: str) -> Problem | None:
    """A name that has to be given. Lengths are of bytes."""
    return _check(text, lambda name: len(name.encode()) <= LONGEST_NAME, NAME_LENGTH, True)


def check_url(text: str, is_required: bool) -> Problem | None:
    """An address of the web."""
    return _check(text, is_url, NOT_A_URL, is_required)


def check_email(text: str) -> Problem | None:
    """An address of mail that has to be given."""
    return _check(text, is_email, NOT_AN_ADDRESS, True)


def check_host(text: str, is_required: bool) -> Problem | None:
    """The name or address of a host."""
    return _check(text, is_host, NOT_A_HOST, is_required)


def check_colour(text: str) -> Problem | None:
    """#1055c9; or none."""
    if text and len(text.encode()) != COLOUR_LENGTH:
        return NOT_SEVEN
    return _check(text, lambda colour: _COLOUR.fullmatch(colour) is not None, NOT_A_COLOUR, False)


def check_number(number: int, least: int, is_required: bool) -> Problem | None:
    """A number that is not too small. 0 counts as not given, as everywhere in PocketBase."""
    if number == 0:
        return REQUIRED if is_required else None
    return too_small(least) if number < least else None


def check_choice(text: str, choices: Sequence[str]) -> Problem | None:
    """One of some; or none."""
    return None if not text or text in choices else NOT_AMONG


def check_cron(text: str) -> Problem | None:
    """A schedule; or none."""
    try:
        if text:
            parse_cron(text)
    except CronError as error:
        return Problem("validation_invalid_cron", str(error))
    return None


def check_addresses(listed: Sequence[str]) -> Problems:
    """Which of a list are no addresses and no networks."""
    return without_none(
        {str(place): _check(text, _is_listable, NOT_AN_IP, True) for place, text in enumerate(listed)}
    )


def is_host(text: str) -> bool:
    """Whether a text is an address, or a name such as hosts have."""
    if find_address(text) is not None:
        return "%" not in text
    return len(text.replace(".", "")) <= _LONGEST_DNS_NAME and _DNS_NAME.fullmatch(text) is not None


def _check(text: str, is_valid: Callable[[str], bool], problem: Problem, is_required: bool) -> Problem | None:
    if not text:
        return REQUIRED if is_required else None
    return None if is_valid(text) else problem


def _is_listable(text: str) -> bool:
    return find_address(text) is not None or find_network(text) is not None
