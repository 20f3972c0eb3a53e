"""Clients' addresses: what is one, which are listed, and whom a proxy may name."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.settings.addresses import find_address, find_client, find_network, is_listed, write_address
from chalicelib.settings.model import TrustedProxy

LONG = "2001:0db8:0000:0000:0000:0000:0000:0001"


@pytest.mark.parametrize(
    ("address", "listed", "expected"),
    [
        ("10.1.2.3", ["10.1.2.3"], True),
        ("10.1.2.3", ["10.1.2.4"], False),
        ("10.1.2.3", ["192.0.2.1", "10.0.0.1/8"], True),
        ("10.1.2.3", ["0.0.0.0/0"], True),
        ("2001:db8::5", ["0.0.0.0/0"], False),
        ("2001:db8::5", ["2001:db8::/32"], True),
        (LONG, ["2001:DB8::1"], True),
        ("::ffff:10.1.2.3", ["10.0.0.0/8", "10.1.2.3"], False),
        ("::ffff:10.1.2.3", ["::ffff:10.0.0.0/104"], True),
        ("fe80::1", ["fe80::1%eth0"], False),
        ("fe80::1%eth0", ["fe80::1%eth0"], True),
        ("fe80::1%eth0", ["fe80::/10"], False),
        ("10.1.2.3", [], False),
        ("10.1.2.3", ["nonsense", ""], False),
        ("", ["0.0.0.0/0", ""], False),
        ("nonsense", ["nonsense"], False),
    ],
)
def test_listed(address: str, listed: list[str], expected: bool) -> None:
    assert is_listed(address, listed) is expected


@pytest.mark.parametrize(
    "text",
    ["", "x", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "fe80::%a/10", "::/129"],
)
def test_no_network(text: str) -> None:
    assert find_network(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.1",
        "01.2.3.4",
        " 1.2.3.4",
        "1.2.3.4:80",
        "[::1]",
        "1.2.3.4/8",
        "fe80::1%",
        "fe80::1%" + "a" * 60,
    ],
)
def test_no_address(text: str) -> None:
    assert find_address(text) is None


@given(st.ip_addresses(), st.integers(0, 128))
def test_an_address_is_in_the_networks_it_begins_with(address, bits):
    network = f"{address}/{min(bits, address.max_prefixlen)}"
    assert is_listed(str(address), [network])
    assert find_network(network) == ip_network(network, strict=False)


@given(st.ip_addresses())
def test_written_it_is_the_same_address(address):
    assert ip_address(write_address(str(address))) == address


@given(st.text())
def test_no_text_is_too_strange(text):
    assert is_listed(text, [text, "10.0.0.0/8"]) is (find_address(text) is not None)
    assert isinstance(write_address(text), str)
    assert find_client("192.0.2.1", {"x": text}, TrustedProxy(headers=("X", text)))


@pytest.mark.parametrize(
    ("headers", "trusted", "leftmost", "expected"),
    [
        ({}, ["X-Real"], False, "192.0.2.1"),
        ({"x-real": "1.2.3.4"}, [], False, "192.0.2.1"),
        ({"x-real": "1.2.3.4"}, ["X-Real"], False, "1.2.3.4"),
        ({"x_real": "1.2.3.4"}, ["X-Real"], False, "192.0.2.1"),
        ({"x-real": "1.2.3.4, 5.6.7.8"}, ["X-Real"], False, "5.6.7.8"),
        ({"x-real": "1.2.3.4, 5.6.7.8"}, ["X-Real"], True, "1.2.3.4"),
        ({"x-real": "no, 1.2.3.4, no"}, ["X-Real"], False, "1.2.3.4"),
        ({"x-real": "no, 1.2.3.4, no"}, ["X-Real"], True, "1.2.3.4"),
        ({"x-real": "1.2.3.4:80"}, ["X-Real"], False, "192.0.2.1"),
        ({"x-a": "no", "x-b": "1.2.3.4"}, ["X-A", "X-B"], False, "1.2.3.4"),
        ({"x-a": "5.6.7.8", "x-b": "1.2.3.4"}, ["X-A", "X-B"], False, "5.6.7.8"),
        ({"x-real": "2001:db8::1"}, ["", "X-Real"], False, LONG),
        ({"x-real": "fe80::1%eth0"}, ["X-Real"], False, "fe80:0000:0000:0000:0000:0000:0000:0001%eth0"),
    ],
)
def test_client(headers, trusted, leftmost, expected):
    proxy = TrustedProxy(headers=tuple(trusted), use_leftmost_ip=leftmost)
    assert find_client("192.0.2.1", headers, proxy) == expected
