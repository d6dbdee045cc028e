"""How a client learns of models: by watching, or by asking a server that knows nothing of that."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from bridge.client import BridgeClient
from bridge.errors import ModelFailed, UnknownModel
from bridge.v1 import bridge_pb2
from tests.client.fake import FakeBridge, serving, start
from tests.client.wire import wired

LOADING, READY = bridge_pb2.MODEL_STATE_LOADING, bridge_pb2.MODEL_STATE_READY
FAILED, UNLOADED = bridge_pb2.MODEL_STATE_FAILED, bridge_pb2.MODEL_STATE_UNLOADED


def model(name: str, state: Any, detail: str = "") -> bridge_pb2.Model:
    return bridge_pb2.Model(name=name, state=state, detail=detail)


def play(fake: FakeBridge, scene: Callable[[BridgeClient], Awaitable[None]]) -> None:
    async def main() -> None:
        async with serving(fake) as address:
            before = asyncio.all_tasks()
            async with BridgeClient(address) as bridge:
                await scene(bridge)
            assert not [task for task in asyncio.all_tasks() - before if "framebridge" in task.get_name()]

    asyncio.run(asyncio.wait_for(main(), 30))


async def until(bridge: BridgeClient, state: Any) -> Sequence[bridge_pb2.Model]:
    """Watch until the first model is in a state."""
    async with aclosing(bridge.watch_models()) as watching:  # type: ignore[type-var]
        async for models in watching:
            if models and models[0].state == state:
                assert bridge.models == models
                return models
    raise AssertionError("the models ended")


@pytest.fixture
def fake() -> FakeBridge:
    fake = FakeBridge()
    fake.minor = 1
    fake.models = [model("avatar", LOADING, "loading")]
    return fake


def test_each_change_is_told_and_kept(fake: FakeBridge) -> None:
    async def scene(bridge: BridgeClient) -> None:
        assert (await until(bridge, LOADING))[0].detail == "loading"
        heard = []

        async def watch() -> None:
            async for models in bridge.watch_models():
                heard.append(models[0].detail)
                if models[0].state == READY:
                    return
                fake.stand(model("avatar", *((READY, "") if heard[-1] == "warming up" else (LOADING, "warming up"))))

        await watch()
        assert heard == ["loading", "warming up", ""]
        assert [one.state for one in bridge.models] == [READY]

    play(fake, scene)
    assert fake.listings == 0


def test_who_waits_for_a_model_goes_on_when_it_is_there(fake: FakeBridge) -> None:
    async def scene(bridge: BridgeClient) -> None:
        await until(bridge, LOADING)
        waiting = [asyncio.create_task(bridge.until_ready(*names)) for names in (["dialogue"], [], ["avatar"])]
        fake.stand(model("avatar", READY), model("dialogue", UNLOADED))
        await waiting[1]
        await waiting[2]
        with pytest.raises(UnknownModel, match="'oracle'; there are avatar, dialogue"):
            await bridge.until_ready("oracle")
        with pytest.raises(TimeoutError, match="model 'dialogue' is not loaded"):
            await bridge.until_ready("dialogue", timeout=0)
        waiting[0] = asyncio.create_task(bridge.until_ready("dialogue"))
        fake.stand(model("avatar", READY), model("dialogue", LOADING, "warming up"))
        fake.stand(model("avatar", READY), model("dialogue", READY))
        await waiting[0]
        fake.stand(model("avatar", READY), model("dialogue", FAILED, "out of memory"))
        await until_detail(bridge, "out of memory")
        with pytest.raises(ModelFailed, match="'dialogue' could not be loaded: out of memory"):
            await bridge.until_ready("dialogue")

    play(fake, scene)


async def until_detail(bridge: BridgeClient, detail: str) -> None:
    async for models in bridge.watch_models():
        if models[-1].detail == detail:
            return


def test_a_cut_wire_and_another_server_do_not_end_it(fake: FakeBridge) -> None:
    async def main() -> None:
        server, port = await start(fake)
        async with wired(port) as (wire, address), BridgeClient(address) as bridge:
            await until(bridge, LOADING)
            wire.cut()
            fake.models = [model("avatar", READY)]
            await until(bridge, READY)
            await server.stop(0)
            fake.models = [model("avatar", LOADING)]
            server, _ = await start(fake, port)
            await until(bridge, LOADING)
        await server.stop(0)

    asyncio.run(asyncio.wait_for(main(), 30))
    assert len(fake.handshakes) == 1, "following the models resumes no session"


@pytest.mark.parametrize(("minor", "watches"), [(0, True), (1, False)])
def test_a_server_that_takes_no_watchers_is_asked_until_all_are_ready(
    fake: FakeBridge, minor: int, watches: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.models.POLL_SECONDS", 0.001)
    fake.minor, fake.watches = minor, watches

    async def scene(bridge: BridgeClient) -> None:
        await until(bridge, LOADING)
        fake.models = [model("avatar", READY)]
        await bridge.until_ready("avatar")
        asked = fake.listings
        for _ in range(5):
            await bridge.ping()
        assert fake.listings == asked
        fake.models = [model("avatar", LOADING)]
        assert [one.state for one in await bridge.list_models()] == [LOADING]

    play(fake, scene)
    assert not fake.watchers
