"""The unary call being served: the client's address, as gRPC writes it ("ipv4:127.0.0.1:40312", "unix:/run/x"), and the
seconds that were left until its deadline when it began; None if it has none.
"""

from contextvars import ContextVar
from urllib.parse import unquote

from bridge.config import is_loopback

peer: ContextVar[str] = ContextVar("peer")
time_left: ContextVar[float | None] = ContextVar("time_left", default=None)


def is_local(address: str) -> bool:
    """Whether a client at this address may share memory. A tunnelled client also looks local; it just fails to open the
    file.
    """
    kind, _, rest = unquote(address).partition(":")
    if kind in ("unix", "unix-abstract"):
        return True
    return is_loopback(rest.rpartition(":")[0].strip("[]").partition("%")[0])
