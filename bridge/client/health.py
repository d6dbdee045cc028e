"""Checks a server's health by the standard grpc.health.v1, without a session."""

from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


async def is_serving(address: str, *, timeout: float = 5.0) -> bool:
    """Whether all models that the server was started with are warm. False if no server answers."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=timeout)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
