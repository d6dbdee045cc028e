"""One truth: what a caller does not set is not sent, and where a number has to be known here it is the server's own."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bridge.capabilities import CAPABILITIES
from bridge.client import Avatars, BridgeClient, Camera, Dialogue, Sampling, Task
from bridge.device.catalog import budgets
from bridge.v1 import dialogue_pb2
from models.dialogue.sampling import Sampling as ServerSampling
from tests.client.fake import FakeBridge, serving, texture
from tests.serving.server import serving as serving_quick

JPEG = b"\xff\xd8\xff" + bytes(60)
Scene = Callable[[BridgeClient], Awaitable[Any]]


def sent(scene: Scene, kind: str) -> Any:
    """The one message of a kind that a scene sends."""
    fake = FakeBridge()
    fake.on_avatar = lambda message: (
        [texture(0, message.frame.frame_index or 1)] if message.WhichOneof("message") in ("frame", "subscribe") else []
    )

    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge:
            await scene(bridge)

    asyncio.run(asyncio.wait_for(main(), 30))
    (message,) = fake.of_kind(kind)
    return message


def names(message: Any) -> set[str]:
    """The fields that are set."""
    return {field.name for field, _ in message.ListFields()}


def default(function: Any, name: str) -> Any:
    return inspect.signature(function).parameters[name].default


@pytest.mark.parametrize("sampling", [None, Sampling(), Sampling(stop=[]), Sampling(max_tokens=0)])
def test_untouched_words_carry_no_wish_of_the_client_s_own(sampling: Sampling | None) -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.dialogue() as talk:
            await talk.say("inn", "Hello!", sampling=sampling).reply()

    say = sent(scene, "say")
    assert names(say) == {"conversation_id", "turn_id", "text", "budget"}
    assert names(say.budget) == {"link_micros"}  # measured, not wished


@pytest.mark.parametrize(
    ("sampling", "differs"),
    [
        (Sampling(temperature=0.0), {"temperature": 0.0}),
        (Sampling(temperature=1.25), {"temperature": 1.25}),
        (Sampling(top_p=0.5), {"top_p": 0.5}),
        (Sampling(repetition_penalty=1.5), {"repetition_penalty": 1.5}),
        (Sampling(seed=3), {"seed": 3}),
        (Sampling(max_tokens=7), {"max_new_tokens": 7}),
        (Sampling(stop=["END"]), {"stop": ("END",)}),
    ],
)
def test_one_wish_leaves_the_others_as_the_server_has_them(
    monkeypatch: pytest.MonkeyPatch, sampling: Sampling, differs: dict[str, Any]
) -> None:
    drawn: list[Any] = []

    async def main() -> None:
        async with serving_quick() as server:
            reply = server.fakes.dialogue.reply

            def note(conversation: str, messages: Any, sampling: Any, **more: Any) -> Any:
                drawn.append(sampling)
                return reply(conversation, messages, sampling, **more)

            monkeypatch.setattr(server.fakes.dialogue, "reply", note)
            async with BridgeClient(f"127.0.0.1:{server.port}") as bridge, bridge.dialogue() as talk:
                await talk.say("inn", "hello").reply()
                await talk.say("inn", "hello", sampling=sampling).reply()

    asyncio.run(asyncio.wait_for(main(), 30))
    untouched, touched = drawn
    assert untouched == ServerSampling()
    for name in ("temperature", "top_p", "repetition_penalty", "seed", "max_new_tokens", "stop"):
        assert getattr(touched, name) == pytest.approx(differs.get(name, getattr(ServerSampling(), name))), name


def test_what_the_client_fills_in_is_the_server_s() -> None:
    """For a server that knows the older form alone, which cannot leave a number out."""
    wire, theirs = Sampling(seed=1).whole(), ServerSampling()
    assert wire is not None
    assert wire == dialogue_pb2.Sampling(
        temperature=theirs.temperature, top_p=theirs.top_p, repetition_penalty=theirs.repetition_penalty, seed=1
    )


def test_an_untouched_picture_names_its_budget_alone() -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.camera() as camera:
            await camera.detect(JPEG)

    frame = sent(scene, "frame")
    assert names(frame) == {"frame_index", "tasks", "image"}
    (task,) = frame.tasks
    assert names(task) == {"kind", "budget"}
    assert names(task.budget) == {"budget_micros", "link_micros"}
    assert names(frame.image) == {"format", "data"}


def test_an_untouched_frame_names_its_budget_alone() -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            await avatars.frame(0)

    frame = sent(scene, "frame")
    assert names(frame) == {"frame_index", "budget"}
    assert names(frame.budget) == {"budget_micros", "link_micros"}


def test_an_untouched_subscription_names_its_rate_and_budget_alone() -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            async for _ in avatars.subscribe(0):
                break

    subscribe = sent(scene, "subscribe")
    assert names(subscribe) == {"frames_per_second", "budget"}  # the contract has no rate of the server's


def test_an_untouched_look_is_its_seed() -> None:
    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            avatars.set_look(1, seed=5)
            await avatars.frame(1)

    look = sent(scene, "look")
    assert names(look) == {"slot", "look"}
    assert names(look.look) == {"seed"}


def test_budgets_that_the_client_judges_by_are_the_server_s() -> None:
    """Frames and answers are dropped here when they are late by this clock, so their budget has to be known here."""
    budget = budgets(CAPABILITIES, {})
    assert default(Avatars.frame, "budget") == budget["avatar"]
    assert default(Avatars.request, "budget") == budget["avatar"]
    assert default(Avatars.subscribe, "budget") == budget["avatar"]
    assert default(Camera.detect, "budget") == budget["detect"]
    assert default(Camera.classify, "budget") == budget["classify"]
    assert default(Camera.track, "budget") == budget["track"]
    assert default(Camera.faces, "budget") == budget["faces"]
    assert default(Camera.face_mesh, "budget") == budget["face_mesh"]
    assert default(Camera.people, "budget") == budget["people"]
    assert default(Dialogue.say, "budget") == 0  # late words come all the same: the server's own holds
    assert default(Dialogue.say, "pace") == 0


def test_a_budget_of_nothing_is_left_to_the_server() -> None:
    async def frame(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            assert await avatars.frame(0, budget=0)

    async def picture(bridge: BridgeClient) -> None:
        async with bridge.camera() as camera:
            assert (await camera.recognize(JPEG, Task("detect", 0.0)))[0]

    assert "budget_micros" not in names(sent(frame, "frame").budget)
    assert "budget_micros" not in names(sent(picture, "frame").tasks[0].budget)
