"""The client against the real server, with the smallest of its models."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import numpy as np
import pytest

from bridge.client import BridgeClient, Disposition, is_serving
from bridge.config import Config
from bridge.errors import CallFailed
from bridge.server import Server
from bridge.v1 import bridge_pb2
from tests.client.wire import wired

GENEROUS = 30.0


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """A warm server with avatars alone; its port."""
    server = Server(Config(port=0, device="cpu", models=("avatar",), drain_seconds=1.0))
    port = await server.start()
    try:
        await server.ready
        yield port
    finally:
        await server.stop()


def play(scene: Callable[[BridgeClient], Awaitable[None]]) -> None:
    async def main() -> None:
        async with serving() as port, BridgeClient(f"127.0.0.1:{port}") as bridge:
            await scene(bridge)

    asyncio.run(main())


def test_a_look_becomes_pictures_and_the_model_can_be_unloaded() -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            schema = await avatars.schema()
            assert "bun" in schema["hair"]
            avatars.set_look(0, seed=7, attributes={"hair": "bun"}, expression="happy")
            first = await avatars.frame(0, budget=GENEROUS)
            again = await avatars.frame(0, budget=GENEROUS)
            assert first
            assert again
            assert first.pixels.shape == (64, 64, 4)
            assert first.pixels[..., 3].max() > 200
            assert np.array_equal(first.pixels, again.pixels)
            assert first.timing.rung == "avatar.64"
            avatars.set_look(0, seed=7, attributes={"monocle": "gold"})
            with pytest.raises(CallFailed, match="monocle") as failure:
                await avatars.frame(0, budget=GENEROUS)
            assert failure.value.reason == "unknown_attribute"
            with pytest.raises(CallFailed, match="slot 5"):
                await avatars.frame(5, budget=GENEROUS)
            refused = await avatars.frame(0, budget=0.000_1)
            assert not refused
            assert refused.disposition in (Disposition.REFUSED, Disposition.MISSED)
            await bridge.unload_model("avatar")
            gone = await avatars.frame(0, budget=GENEROUS)
            assert not gone
            assert gone.reason == "unknown_model"
        stats = await bridge.stats()
        assert stats.session_count == 1

    play(scene)


def test_a_subscription_flows_and_ends() -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            avatars.set_look(0, seed=1)
            indices = []
            async with aclosing(avatars.subscribe(0, fps=60, budget=GENEROUS)) as frames:  # no more ticks after it
                async for frame in frames:
                    assert frame.pixels.shape == (64, 64, 4)
                    indices.append(frame.frame_index)
                    if len(indices) == 8:
                        break
            assert indices == sorted(set(indices))
            assert await avatars.frame(0, budget=GENEROUS)

    play(scene)


def test_a_cut_wire_is_mended_with_session_slots_and_subscription() -> None:
    async def main() -> None:
        async with (
            serving() as port,
            wired(port) as (wire, address),
            BridgeClient(address) as bridge,
            bridge.avatars() as avatars,
        ):
            session = bridge.session_id
            avatars.set_look(0, seed=3)
            frames = avatars.subscribe(0, fps=30, budget=GENEROUS)
            before = await anext(frames)
            wire.cut()
            after = await anext(frames)
            while after.frame_index <= before.frame_index + 5:
                after = await anext(frames)
            assert np.array_equal(after.pixels, before.pixels)
            assert bridge.session_id == session
            assert wire.connections >= 2
            await frames.aclose()

    asyncio.run(asyncio.wait_for(main(), 60))


def test_a_client_that_is_there_before_its_model_waits_for_it() -> None:
    async def main() -> None:
        server = Server(Config(port=0, device="cpu", models=("avatar",), drain_seconds=1.0))
        port = await server.start()
        try:
            async with BridgeClient(f"127.0.0.1:{port}") as bridge, bridge.avatars() as avatars:
                state = {model.name: model.state for model in bridge.models}
                assert state["avatar"] == bridge_pb2.MODEL_STATE_LOADING
                avatars.set_look(0, seed=7)
                refused = await avatars.frame(0, budget=GENEROUS)
                assert "is still loading" in refused.message
                assert refused.retry_after > 0
                await bridge.until_ready("avatar")
                assert await avatars.frame(0, budget=GENEROUS)
        finally:
            await server.stop()

    asyncio.run(asyncio.wait_for(main(), 60))


def test_health_says_serving_only_once_warm() -> None:
    async def main() -> None:
        async with serving() as port:
            assert await is_serving(f"127.0.0.1:{port}")
        assert not await is_serving(f"127.0.0.1:{port}", timeout=0.5)

    asyncio.run(main())
