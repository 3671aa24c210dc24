"""From which network the request in hand came: for counting what many accounts of one place do. Empty outside of a request."""

from __future__ import annotations

import ipaddress
from contextvars import ContextVar

current_network: ContextVar[str] = ContextVar("network", default="")


def network_of(address: str) -> str:
    """Of IPv6 the /64: one household has as many addresses as it likes. Empty for what is no address."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
