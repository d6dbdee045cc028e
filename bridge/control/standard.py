"""The standard health and reflection services, with size limits and our errors added.

gRPC's own implementations keep or echo requests of any length, and answer malformed bytes with UNKNOWN.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
from grpc_reflection.v1alpha._async import ReflectionServicer

from bridge.errors import BridgeError, ContractBroken, TooLarge
from bridge.wire.handlers import received
from bridge.wire.status import abort

_MOST_BYTES = 1024  # of a request, which holds one name


def add_health(server: grpc.aio.Server, health: HealthServicer) -> None:
    """Serve grpc.health.v1.Health."""
    health_pb2_grpc.add_HealthServicer_to_server(health, _Guarded(server))


def add_reflection(server: grpc.aio.Server, names: Sequence[str]) -> None:
    """Serve reflection on these services, health and reflection itself."""
    known = [*names, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME]
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(ReflectionServicer(known), _Guarded(server))


class _Guarded:
    """A stand-in for the server that wraps the handlers registered on it."""

    def __init__(self, server: grpc.aio.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, _: Any) -> None:
        """Ignored: the same handlers are registered through the other method too."""

    def add_registered_method_handlers(self, name: str, handlers: Mapping[str, Any]) -> None:
        guarded = {method: _guarded(handler) for method, handler in handlers.items()}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, guarded),))
        self._server.add_registered_method_handlers(name, guarded)  # type: ignore[attr-defined]


def _guarded(handler: Any) -> Any:
    decode = partial(_decode, handler.request_deserializer)
    if handler.unary_unary is not None:
        return handler._replace(request_deserializer=decode, unary_unary=_single(handler.unary_unary))
    if handler.unary_stream is not None:
        return handler._replace(request_deserializer=decode, unary_stream=_single(handler.unary_stream))
    return handler._replace(request_deserializer=decode, stream_stream=_many(handler.stream_stream))


def _decode(read: Callable[[bytes], Any], data: bytes) -> Any:
    if len(data) > _MOST_BYTES:
        return TooLarge(f"the message has {len(data):,} bytes; send at most {_MOST_BYTES:,} to this method")
    try:
        return read(data)
    except DecodeError:
        return ContractBroken("the bytes are not a valid request; send one generated from the .proto file")


def _single(serve: Callable[..., Any]) -> Callable[..., Any]:
    async def guarded(request: Any, context: Any) -> Any:
        try:
            received(request)
        except BridgeError as error:
            await abort(context, error)
        return await serve(request, context)

    return guarded


def _many(serve: Callable[..., Any]) -> Callable[..., Any]:
    async def checked(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            yield received(request)

    async def guarded(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        try:
            async for answer in serve(checked(requests), context):
                yield answer
        except BridgeError as error:
            await abort(context, error)

    return guarded
