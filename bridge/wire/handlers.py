"""gRPC handlers: decode requests, serve them, and turn every exception into a status with a readable message.

gRPC turns a deserialiser's exception into UNKNOWN, and its own size limit into a bare code. So the decoder returns the
error as a value, and the handler aborts with it. Knows no particular service.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from grpc._cython.cygrpc import ExecuteBatchError  # type: ignore[import-not-found]

from bridge.config import Limits
from bridge.errors import BridgeError, ContractBroken, ServerFault, TooLarge
from bridge.logs import note_fault
from bridge.wire.bounds import check_finite
from bridge.wire.bulk import carries_bulk, read_bulk
from bridge.wire.bundles import first_byte, split
from bridge.wire.peer import peer, time_left
from bridge.wire.shape import check_shape, largest
from bridge.wire.status import abort
from bridge.wire.unread import Holding

log = logging.getLogger("framebridge.calls")

Wire = Message | bytes
Hold = Callable[[str], Holding]  # takes a peer as gRPC writes it
Context = Any  # grpc.aio.ServicerContext: generic for the type checker, but not at run time
EOF: Any = grpc.aio.EOF  # type: ignore[attr-defined]
Received = TypeVar("Received")
Read = Callable[[bytes], Any]  # parses a message in a way of its own; raises DecodeError or any BridgeError
_NO_READERS: Mapping[str, Read] = {}


def encode(answer: Wire) -> bytes:
    """Serialise an answer, unless it is bytes already."""
    return answer if isinstance(answer, bytes) else answer.SerializeToString()


def decoder(kind: type[Message], limit: int, read: Read | None = None) -> Callable[[bytes], Any]:
    """A deserialiser for one kind of message: `read`, else those with a payload become Bulk; bundles become Parts.
    Errors are returned, not raised.
    """
    descriptor: Any = kind.DESCRIPTOR
    bundle = first_byte(kind)
    if read is None:
        read = partial(read_bulk, kind) if carries_bulk(kind) else kind.FromString

    def decode(data: bytes) -> Any:
        if len(data) > limit:
            most = f"send at most {limit:,} to this method (see Limits.max_message_bytes)"
            return TooLarge(f"the message has {len(data):,} bytes; {most}")
        try:
            check_shape(descriptor, data)
            if data and data[0] == bundle:
                return split(kind, data, decode_part)
            return read(data)
        except BridgeError as error:
            return error
        except DecodeError as error:
            return _undecodable(kind.DESCRIPTOR.full_name, str(error))

    def decode_part(data: bytes) -> Any:
        try:
            check_shape(descriptor, data)
            return read(data)
        except BridgeError as error:
            return error
        except DecodeError as error:
            return _undecodable(kind.DESCRIPTOR.full_name, str(error))

    return decode


def _undecodable(name: str, why: str) -> ContractBroken:
    if "UTF-8" in why:
        return ContractBroken(f"a text field of {name} is not valid UTF-8; send text encoded as UTF-8")
    source = "protos/bridge/v1" if name.startswith("bridge.v1.") else "its protocol's .proto file"
    return ContractBroken(f"the bytes are not a valid {name}; send a message generated from {source}")


def received(message: Received | BridgeError) -> Received:
    """The decoded message. Raises the decoder's error instead, if there is one."""
    if isinstance(message, BridgeError):
        raise message
    return message


def _fault(method: MethodDescriptor, context: Context, error: Exception) -> ServerFault:
    """Log a fault of ours, and return what the client sees: an id only, as the text may hold paths or others' data."""
    id_ = secrets.token_hex(4)
    if not context.done():
        note_fault(log, "call failed", error, id=id_, method=method.full_name, peer=context.peer())
    return ServerFault(f"internal error in the server; its log has the cause under {id_}")


def add_service(
    server: grpc.aio.Server,
    service: ServiceDescriptor,
    servicer: object,
    limits: Limits,
    hold: Hold,
    readers: Mapping[str, Read] = _NO_READERS,
) -> None:
    """Serve `service` with the methods of `servicer`, named as in the contract; `readers` parse requests of some.

    A unary method takes the request and returns the response; a server-streaming one takes the request and the
    context, a bidirectional one the context alone. Any may raise any BridgeError.
    """
    handlers = {
        method.name: _handler(
            method, getattr(servicer, method.name), largest(method, limits), hold, readers.get(method.name)
        )
        for method in service.methods
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))
    server.add_registered_method_handlers(service.full_name, handlers)  # type: ignore[attr-defined]


def _handler(
    method: MethodDescriptor, serve: Callable[..., Awaitable[Any]], max_bytes: int, hold: Hold, read: Read | None
) -> Any:
    async def unary(request: Any, context: Context) -> Any:
        peer.set(context.peer())
        time_left.set(context.time_remaining())
        return await _guarded(method, context, lambda: _answer(serve(_checked(request)), context, hold))

    async def answers(request: Any, context: Context) -> None:
        await _guarded(method, context, lambda: serve(_checked(request), context))

    async def stream(_: Any, context: Context) -> None:
        await _guarded(method, context, lambda: serve(context))

    decode = decoder(GetMessageClass(method.input_type), max_bytes, read)
    if method.client_streaming:
        return grpc.stream_stream_rpc_method_handler(stream, decode, encode)
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(answers, decode, encode)
    return grpc.unary_unary_rpc_method_handler(unary, decode, encode)


def _checked(request: Any) -> Any:
    if isinstance(received(request), Message):
        check_finite(request)
    return request


async def _answer(served: Awaitable[Wire], context: Context, hold: Hold) -> bytes:
    """Serialise an answer. Its bytes count as unread until gRPC releases them."""
    answer = encode(await served)
    holding = hold(context.peer())
    context.add_done_callback(lambda _: holding.close())
    holding.take(len(answer))
    return answer


async def _guarded(method: MethodDescriptor, context: Context, serve: Callable[[], Awaitable[Any]]) -> Any:
    """Serve a call; any exception ends it with a status and a message."""
    try:
        return await serve()
    except BridgeError as error:
        await abort(context, error)
    except ExecuteBatchError:  # a write to a client that has gone: not a fault
        raise asyncio.CancelledError from None
    except Exception as error:
        await abort(context, _fault(method, context, error))
