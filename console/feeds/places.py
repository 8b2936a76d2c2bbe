"""Addresses that no feed may lead to, whatever name they hide behind (SEC-43)."""

from __future__ import annotations

import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SERVICES = frozenset(
    ipaddress.ip_address(text)
    for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
)
"""Credentials services of clouds that are not link-local."""


def forbidden(host: str) -> bool:
    """Whether an address, in any way it may be written, is one of those; a name is not an address."""
    found = _address(host)
    return found is not None and any(one.is_link_local or one in _SERVICES for one in _inner(found))


def _address(host: str) -> Address | None:
    text = host.partition("%")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    try:
        # 2852039166, 0xa9fea9fe and 169.254.43518 are addresses to the system, and must be to us.
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, UnicodeError, ValueError):
        return None


def _inner(found: Address) -> list[Address]:
    if isinstance(found, ipaddress.IPv4Address):
        return [found]
    carried: list[Address | None] = [found.ipv4_mapped, found.sixtofour]
    if found in _NAT64:
        carried.append(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF))
    return [found, *(one for one in carried if one is not None)]
