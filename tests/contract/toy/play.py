"""Starts the server of a scratch copy with the toy in it and plays with it; prints what follows from its one line."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from bridge.client import BridgeClient
from bridge.config import Config
from bridge.server import Server
from bridge.tools import doctor, wheels
from bridge.v1 import bridge_pb2


async def main() -> dict[str, Any]:
    server = Server(Config(port=0, models=("toy",), budgets={"toy": 2.0}))
    port = await server.start()
    await server.ready
    try:
        async with BridgeClient(f"127.0.0.1:{port}", name="toy box") as bridge:
            async with bridge.toy() as toy:  # type: ignore[attr-defined]
                words = [await toy.turn(word) for word in ("inn", "sword", "Egyptian cat")]
            stats = await bridge.stats()
            models = {model.name: model for model in await bridge.list_models()}
            channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
            health = await health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(service="bridge.v1.ToyService")
            )
            await channel.close()
            return {
                "words": words,
                "capabilities": [bridge_pb2.Capability.Name(one) for one in bridge._connection.handshake.capabilities],
                "work": {work.name: work.request_count for work in stats.work},
                "answers": next(work.in_budget_count for work in stats.work if work.name == "toy"),
                "of client": [work.name for client in stats.clients for work in client.work],
                "rungs": [rung.name for rung in models["toy"].rung_details],
                "health": health_pb2.HealthCheckResponse.ServingStatus.Name(health.status),
                "budget": server.backend.budgets["toy"],
            }
    finally:
        await server.stop(0.0)


def said(*words: str) -> str:
    command = [sys.executable, "-m", "bridge.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    found = asyncio.run(main())
    found["help"] = "--toy-budget-ms" in said("serve", "--help")
    found["listed"] = "toy" in said("models")
    found["lacks"] = [finding.found for finding in (*doctor.check_weights(), *doctor.check_wheels()) if finding.fault]
    found["wheels"] = len(wheels.WHEELS)
    print(json.dumps(found))
