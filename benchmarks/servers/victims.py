"""The processes that kills.py kills: a server with a free model, clients that play, and clients that only connect."""

import asyncio
from multiprocessing.connection import Connection
from typing import Any

import grpc

from bridge.client import BridgeClient, Frame
from bridge.client.avatars import Avatars
from bridge.v1 import bridge_pb2, bridge_pb2_grpc
from servers.painter import serve_painter

SIDE = 128  # 64 KiB a frame, worth sharing
SLOTS = 3
GRACE_SECONDS = 0.5
GENEROUS = 30.0


def serve(port: int, ready: Connection) -> None:
    """Serve until killed; sends the port to `ready` once warm."""
    asyncio.run(serve_painter(SIDE, port, GRACE_SECONDS, ready.send))


def play(port: int, counts: Any, begun: Connection) -> None:
    """Play until killed. `counts`: frames received, and of those the ones through shared memory."""
    begun.send(True)
    asyncio.run(_play(port, counts))


def hesitate(port: int, counts: Any, begun: Connection) -> None:
    """Shake hands until killed, never attaching to the shared memory on offer, so that its files remain."""
    begun.send(True)
    asyncio.run(_hesitate(port))


async def _hesitate(port: int) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = bridge_pb2_grpc.BridgeServiceStub(channel)
        hello = bridge_pb2.HandshakeRequest(
            protocol=bridge_pb2.ProtocolVersion(major=1), client_name="hesitant", wants_shared_memory=True
        )
        while True:
            hello.resume_session_id = (await stub.Handshake(hello, wait_for_ready=True)).session_id


async def _play(port: int, counts: Any) -> None:
    async with BridgeClient(f"127.0.0.1:{port}", reconnect=60.0) as bridge, bridge.avatars() as avatars:
        for slot in range(SLOTS):
            avatars.set_look(slot, seed=slot)
        await asyncio.gather(
            _ask(bridge, avatars, 0, counts), *(_watch(bridge, avatars, slot, counts) for slot in range(1, SLOTS))
        )


async def _ask(bridge: BridgeClient, avatars: Avatars, slot: int, counts: Any) -> None:
    while True:
        answer = await avatars.frame(slot, budget=GENEROUS)
        if isinstance(answer, Frame):
            _count(bridge, counts)
        else:
            await asyncio.sleep(0.005)  # the connection is being restored


async def _watch(bridge: BridgeClient, avatars: Avatars, slot: int, counts: Any) -> None:
    async for _ in avatars.subscribe(slot, fps=120.0, budget=GENEROUS):
        _count(bridge, counts)


def _count(bridge: BridgeClient, counts: Any) -> None:
    counts[0] += 1
    counts[1] += bridge.shares_memory
