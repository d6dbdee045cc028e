"""Translates gRPC errors to the bridge's own, so that no caller of the client sees a gRPC exception."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from bridge.client.answers import call_failed, reason_name
from bridge.errors import BridgeError, CallFailed, ServerUnavailable, UnknownSession, VersionMismatch
from bridge.v1 import error_pb2

_DETAIL_KEY = "framebridge-error-bin"
_UNREACHABLE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
# Without a detail these come from gRPC or a proxy (RST_STREAM, say): the server always sends one.
_BROKEN = (grpc.StatusCode.CANCELLED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)


def translated(error: grpc.aio.AioRpcError, address: str) -> BridgeError:
    """The bridge's error for a failed call, with the server's message if it sent one."""
    detail = _detail(error)
    if detail is not None:
        if detail.reason == error_pb2.ERROR_REASON_VERSION_MISMATCH:
            return VersionMismatch(detail.message)
        if detail.reason == error_pb2.ERROR_REASON_UNKNOWN_SESSION:
            return UnknownSession(detail.message)
        if reason_name(detail.reason) != "shutting_down":
            return call_failed(detail)
    if error.code() in _UNREACHABLE:
        return ServerUnavailable(f"no server answers at {address}; start one with `framebridge serve`")
    if error.code() in _BROKEN:
        return ServerUnavailable(f"the connection to {address} broke ({error.code().name}: {error.details()})")
    return CallFailed(error.details() or error.code().name, reason=error.code().name.lower())


def is_lost(error: grpc.aio.AioRpcError) -> bool:
    """Whether the connection broke or the server stopped, so that reconnecting may help."""
    detail = _detail(error)
    if detail is not None:
        return detail.reason in (error_pb2.ERROR_REASON_SHUTTING_DOWN, error_pb2.ERROR_REASON_UNKNOWN_SESSION)
    return error.code() is grpc.StatusCode.UNAVAILABLE or error.code() in _BROKEN


@contextmanager
def translating(address: str) -> Iterator[None]:
    """Raise the bridge's own errors inside this block."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise translated(error, address) from None


def _detail(error: grpc.aio.AioRpcError) -> error_pb2.ErrorDetail | None:
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key == _DETAIL_KEY and isinstance(value, bytes):
            try:
                return error_pb2.ErrorDetail.FromString(value)
            except Exception:  # not a FrameBridge server: fall back to the gRPC status
                return None
    return None
