"""A client with a subscription, and how to read from it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bridge.v1 import error_pb2, timing_pb2
from tests.serving.client import A, Client, acknowledge, connected, look, next_frame, read

SECOND = 1_000_000
UNCHANGED = error_pb2.DISPOSITION_UNCHANGED


def subscribe(fps: float = 120, budget: int = 10 * SECOND, link: int = 0, **fields: Any) -> Any:
    worth = timing_pb2.Budget(budget_micros=budget, link_micros=link)
    return A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(frames_per_second=fps, budget=worth, **fields))


def renewal(index: int, **fields: Any) -> Any:
    return A.StreamAvatarRequest(acknowledge=A.AvatarAcknowledge(slot=0, last_received_index=index, **fields))


@asynccontextmanager
async def subscribed(port: int, subscription: Any, seed: int = 1) -> AsyncIterator[tuple[Client, Any]]:
    """A client and its stream, with a look and a subscription."""
    async with connected(port) as client:
        call = await client.open_avatars()
        await call.write(look(seed=seed))
        await call.write(subscription)
        yield client, call


async def receive(call: Any, **options: Any) -> Any:
    """The next frame, acknowledged."""
    frame = await next_frame(call, **options)
    await call.write(acknowledge(frame.frame_index))
    return frame


async def next_outcome(call: Any, disposition: int) -> Any:
    """The next status of a kind, and no frame before it."""
    while True:
        message = await read(call)
        assert message.WhichOneof("message") == "status", "a frame"
        if message.status.outcome.disposition == disposition:
            return message.status.outcome
