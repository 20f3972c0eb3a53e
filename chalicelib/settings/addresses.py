"""Clients' addresses: lists of addresses and networks, and the one that a trusted proxy tells. Pure."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from chalicelib.settings.model import TrustedProxy

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# It becomes part of keys: eight groups, and a zone.
LONGEST = 39 + 1 + 15
# A network's size is a number of bits: Python would take a mask, too.
_NETWORK = re.compile(r"[^/%]+/(?:0|[1-9][0-9]{0,2})")


def find_address(text: str) -> Address | None:
    """The address that a text is; a zone may be as long as an interface's name."""
    try:
        return ip_address(text) if len(text) <= LONGEST else None
    except ValueError:
        return None


def find_network(text: str) -> Network | None:
    """The network that a text is; bits beyond its size do no harm: 10.0.0.1/8."""
    try:
        return ip_network(text, strict=False) if _NETWORK.fullmatch(text) else None
    except ValueError:
        return None


def is_listed(address: str, listed: Iterable[str]) -> bool:
    """Whether an address is one of a list, or in one of its networks.

    >>> is_listed("10.1.2.3", ["192.0.2.1", "10.0.0.0/8"]), is_listed("::ffff:10.1.2.3", ["10.0.0.0/8"])
    (True, False)
    """
    found = find_address(address)
    return found is not None and any(_holds(text, found) for text in listed)


def write_address(text: str) -> str:
    """An address as PocketBase tells it: the long form of one of six; any other text stays.

    >>> write_address("2001:DB8::1"), write_address("192.0.2.1")
    ('2001:0db8:0000:0000:0000:0000:0000:0001', '192.0.2.1')
    """
    found = find_address(text)
    return _write(found) if found else text


def find_client(source: str, headers: Mapping[str, str], proxy: TrustedProxy) -> str:
    """Whose request it is: by the first trusted header that holds an address, else where it came from.

    A header may hold several; what is no address is passed over. Headers by small letters.
    """
    for name in proxy.headers:
        told = [find_address(part.strip()) for part in headers.get(name.lower(), "").split(",")]
        if addresses := [address for address in told if address]:
            return _write(addresses[0 if proxy.use_leftmost_ip else -1])
    return write_address(source)


def _holds(text: str, address: Address) -> bool:
    network = find_network(text)
    if network is None:
        return address == find_address(text)
    return getattr(address, "scope_id", None) is None and address in network


def _write(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    # Python cannot write the long form of an address with a zone.
    zone = f"%{address.scope_id}" if address.scope_id else ""
    return IPv6Address(int(address)).exploded + zone
