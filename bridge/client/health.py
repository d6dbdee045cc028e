"""Checks a server's health by the standard grpc.health.v1, without a session.

The generated code of that contract comes in distributions that each need one major version of protobuf, where a client
runs on two. Its request may be empty, and its answer is one number, as in a well-known wrapper.
"""

from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.wrappers_pb2 import Int32Value

_CHECK = "/grpc.health.v1.Health/Check"
_SERVING = 1  # HealthCheckResponse.SERVING


async def is_serving(address: str, *, timeout: float = 5.0) -> bool:
    """Whether all models that the server was started with are warm. False if no server answers."""
    async with grpc.aio.insecure_channel(address) as channel:
        check: Any = channel.unary_unary(_CHECK, Empty.SerializeToString, Int32Value.FromString)
        try:
            answer = await check(Empty(), timeout=timeout)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.value == _SERVING)
