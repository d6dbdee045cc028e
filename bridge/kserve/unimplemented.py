"""Methods of Triton's service that there are none of here: each is answered with what to use instead."""

from collections.abc import Mapping
from typing import Any

import grpc

from bridge.errors import NotServed
from bridge.kserve.messages import SERVICE
from bridge.wire.handlers import Context
from bridge.wire.status import abort

_MEMORY = "send tensors as bytes, or use bridge.v1's client, which shares memory with a server on its own host"
_INSTEAD: Mapping[str, str] = {
    **{
        f"{kind}SharedMemory{what}": _MEMORY
        for kind in ("System", "Cuda")
        for what in ("Status", "Register", "Unregister")
    },
    "TraceSetting": "record arrivals and costs with `framebridge serve --trace FILE`",
    "LogSettings": "its log goes to standard error, one JSON object a line; filter it there",
}


def add_unimplemented(server: grpc.aio.Server) -> None:
    """Answer them with UNIMPLEMENTED. Their requests are not parsed."""
    handlers = {name: _handler(name, mend) for name, mend in _INSTEAD.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE.full_name, handlers),))


def _handler(name: str, mend: str) -> Any:
    async def refuse(_: bytes, context: Context) -> None:
        await abort(context, NotServed(f"this server has no {name}; {mend}"))

    return grpc.unary_unary_rpc_method_handler(refuse)
