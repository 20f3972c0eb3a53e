"""What counts as a URL: PocketBase's peculiar idea of it, and what Go's own parser refuses besides."""

import re

from chalicelib.schema.patterns import compile_pattern

LEAST_BYTES, GREATEST_LENGTH = 4, 2082

WIDE = r"\x{a1}-\x{ffff}"
OCTET = r"(1\d\d|2[0-4]\d|25[0-5]|\d\d?)"
FIRST_OCTET = r"([1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])"
HEX = r"[0-9a-fA-F]{1,4}"
IPV4 = rf"{FIRST_OCTET}(\.{OCTET}){{3}}"
IPV6 = rf"\[(({HEX}:){{7}}{HEX}|({HEX}:){{1,7}}:|({HEX}:){{1,6}}(:{HEX}){{1,6}}|::({HEX}:){{0,6}}{HEX}|::)\]"
LABELS = r"[a-zA-Z0-9]([a-zA-Z0-9_-]+)?[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*"
SUBDOMAIN = r"(www\.|[a-zA-Z0-9]+([-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+)"
NAME = rf"({LABELS}|{SUBDOMAIN})?([a-zA-Z{WIDE}0-9]+-?-?)*[a-zA-Z{WIDE}0-9]+(\.[a-zA-Z{WIDE}]+)?"
URL = compile_pattern(
    r"^((ftp|tcp|udp|wss?|https?)://)?"
    r"(\S+(:\S*)?@)?"
    rf"({IPV4}|{IPV6}|{NAME})\.?"
    r"(:\d{1,5})?"
    r"([/?#]\S*)?$"
)

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", re.DOTALL)
BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
HOST = re.compile(r"(?:(?:[^:%\[\] \\^`{|}]|%[89A-Fa-f][0-9A-Fa-f])*|\[[^\]]*\])(?::\d*)?", re.ASCII)
USER = re.compile(r"(?:[A-Za-z0-9._:~!$&'()*+,;=@-]|%[0-9a-fA-F]{2})*", re.ASCII)


def is_url(text: str) -> bool:
    """Whether a text has the form of a URL; without a scheme it may be one, too."""
    size = len(text.encode(errors="surrogatepass"))
    if size < LEAST_BYTES or len(text) > GREATEST_LENGTH or text.startswith("."):
        return False
    found = _split("http://" + text if ":" in text and "://" not in text else text)
    if found is None:
        return False
    host, path = found
    has_name = not host.startswith(".") if host else not path or "." in path
    return has_name and URL.is_found_in(text)


def find_host(text: str) -> str | None:
    """Host and port, "" when there are none, None when Go's parser cannot read the text."""
    found = _split(text)
    return found and found[0]


def _split(text: str) -> tuple[str, str] | None:
    """Host with port, and path."""
    rest, _, fragment = text.partition("#")
    if CONTROL.search(text) or BAD_PERCENT.search(fragment):
        return None
    scheme = SCHEME.fullmatch(rest)
    rest = (scheme[2] if scheme else rest).partition("?")[0]
    if not rest.startswith("/") and (scheme or ":" in rest.partition("/")[0]):
        return ("", "") if scheme else None
    authority, slash, path = rest[2:].partition("/") if rest.startswith("//") else ("", "", rest)
    user, _, host = authority.rpartition("@")
    readable = USER.fullmatch(user) and HOST.fullmatch(host) and not BAD_PERCENT.search(path)
    return (host, slash + path) if readable else None
