"""Client identity, the key for fair shares and limits: the client's address, until there are tokens.

gRPC writes a peer as "ipv4:127.0.0.1:40312", "ipv6:%5B2001:db8::1%5D:40312" or "unix:/run/x".
"""

import ipaddress
from urllib.parse import unquote

_SITE_BITS = 64  # of an IPv6 address: a household owns a /64, so counting single addresses would make it thousands


def identify(peer: str) -> str:
    """The peer's address without the port; IPv6 is truncated to its network."""
    kind, _, rest = unquote(peer).partition(":")
    if kind not in ("ipv4", "ipv6"):
        return kind
    host = rest.rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _SITE_BITS), strict=False))
