"""The picture that a provider names: fetched from public addresses only, as it may name any.

A name is resolved once, every address that it has must be public, and the connection goes to the first of
those that can be reached, and not to what the name may mean a moment later.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import urllib3

from chalicelib.auth.oauth2.outgoing import MOVED, Answer, Call, CallFailed, exchange, target_of
from chalicelib.request import Upload

LARGEST = 5 * 2**20
REDIRECTS = 2
MOST_ADDRESSES = 4
LONGEST_NAME = 100
# What the standard library takes for addresses of everybody, and is not: protocols, relays, examples, sites.
RESERVED = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16"),
    )
)

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that a name has now. Raises CallFailed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CallFailed("an unknown host") from None
    return [str(each[4][0]) for each in found]


def fetch_avatar(url: str, by: Resolve = resolve) -> Upload:
    """The picture as a file. Raises CallFailed."""
    name = _name_in(url)
    for _ in range(REDIRECTS + 1):
        answer = _get(url, by)
        if answer.status not in MOVED:
            break
        url = urljoin(url, answer.headers.get("location", ""))
    if not answer.is_success or not answer.body:
        raise CallFailed("no picture")
    return Upload(name, answer.headers.get("content-type", ""), answer.body)


def find_public_addresses(host: str, port: int, by: Resolve) -> Sequence[str]:
    """The addresses to connect to. Raises CallFailed if one of the host's is not open to everybody."""
    found = by(host, port)
    if not found or not all(map(is_public, found)):
        raise CallFailed("not a public address")
    return list(dict.fromkeys(found))[:MOST_ADDRESSES]


def is_public(text: str) -> bool:
    """Whether an address is one on the internet.

    >>> [is_public(each) for each in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        is_translated = address in ipaddress.ip_network("64:ff9b::/96")
        if inner is not None or is_translated:
            return is_public(str(inner or ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    if any(address in network for network in RESERVED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _name_in(url: str) -> str:
    """What the file is called."""
    shown = "".join(filter(str.isprintable, unquote(_split(url).path)))
    return PurePosixPath(shown).name[-LONGEST_NAME:] or "avatar"


def _get(url: str, by: Resolve) -> Answer:
    parts = _split(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    call = Call(target_of(url), headers={"Host": parts.netloc})
    *others, last = find_public_addresses(host, port, by)
    for address in others:
        with suppress(CallFailed), _pool(parts.scheme, (address, port), host) as pool:
            return exchange(pool, call, LARGEST)
    with _pool(parts.scheme, (last, port), host) as pool:
        return exchange(pool, call, LARGEST)


def _pool(scheme: str, place: tuple[str, int], host: str) -> urllib3.HTTPConnectionPool:
    if scheme == "http":
        return urllib3.HTTPConnectionPool(*place)
    return urllib3.HTTPSConnectionPool(*place, server_hostname=host, assert_hostname=host)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_fit = (
            parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
        )
    except ValueError:
        is_fit = False
    if not is_fit:
        raise CallFailed("no address of a picture")
    return parts
