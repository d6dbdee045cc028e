"""Bundles: what a client sends within one turn of its loop goes up as one message, and parts that come down count as if
each had come by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from grpc.aio._call import StreamStreamCall

from bridge.client import Avatars, BridgeClient, Recognized, Task
from bridge.errors import CallFailed, ContractBroken, Overloaded, ServerUnavailable
from bridge.v1 import avatar_pb2, bridge_pb2, bundle_pb2, error_pb2, recognition_pb2
from tests.client.fake import FakeBridge, bundle, start, texture
from tests.client.scenes import play
from tests.serving.server import serving
from tests.waiting import until

GENEROUS = 30.0
JPEG = b"\xff\xd8\xff"
SMALL, LARGE = JPEG + bytes(60), JPEG + bytes(9000)  # a part; more than a part may have
SPOT = Task("classify", GENEROUS)
Scene = Callable[[BridgeClient, FakeBridge], Awaitable[None]]


def bundling() -> FakeBridge:
    """A server that reads and sends bundles."""
    fake = FakeBridge()
    fake.minor, fake.bundles = 4, True
    return fake


def older() -> FakeBridge:
    """A server of minor 3."""
    fake = FakeBridge()
    fake.minor = 3
    return fake


def alone() -> FakeBridge:
    """A server of minor 4 that does not confirm them."""
    fake = FakeBridge()
    fake.minor = 4
    return fake


def playing(fake: FakeBridge, scene: Scene, **options: Any) -> None:
    """Run a scene with a client of these options."""

    async def main() -> None:
        server, port = await start(fake)
        try:
            async with BridgeClient(f"127.0.0.1:{port}", **options) as bridge:
                await scene(bridge, fake)
        finally:
            await server.stop(0)

    asyncio.run(asyncio.wait_for(main(), 30))


async def frames(avatars: Avatars, number: int) -> list[Any]:
    """Ask for the frames of so many avatars within one turn, and wait for them."""
    return await asyncio.gather(*[avatars.request(slot, budget=GENEROUS) for slot in range(number)])


async def eight_frames(bridge: BridgeClient, fake: FakeBridge) -> None:
    """Ask for the frames of eight avatars, three times."""
    async with bridge.avatars() as avatars:
        for _ in range(3):
            assert [frame.slot for frame in await frames(avatars, 8) if frame] == list(range(8))


# -- up ----------------------------------------------------------------------------------------------------------------


def test_what_is_sent_within_one_turn_goes_up_as_one_message() -> None:
    fake = play(eight_frames, bundling())
    assert fake.handshakes[0].wants_bundles
    assert fake.came == [1, 8, 8, 8]  # `open` by itself
    assert [frame.slot for frame in fake.of_kind("frame")] == 3 * list(range(8))


@pytest.mark.parametrize("server", [older, alone])
def test_a_server_that_does_not_confirm_gets_none(server: Callable[[], FakeBridge]) -> None:
    fake = play(eight_frames, server())
    assert fake.handshakes[0].wants_bundles
    assert fake.came == 25 * [1]


def test_a_client_can_do_without() -> None:
    fake = bundling()  # it confirms them unasked
    playing(fake, eight_frames, bundles=False)
    assert not fake.handshakes[0].wants_bundles
    assert fake.came == 25 * [1]


def test_a_request_that_is_alone_is_itself() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            for _ in range(3):
                assert await avatars.frame(0, budget=GENEROUS)

    assert play(scene, bundling()).came == [1, 1, 1, 1]


def test_a_large_message_travels_alone_and_keeps_its_place() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            sizes = [SMALL, SMALL, LARGE, SMALL, SMALL, SMALL]
            futures = [camera.request(data, SPOT, slot=slot)[0] for slot, data in enumerate(sizes)]
            camera.close_slot(9)
            for slot, answer in enumerate(await asyncio.gather(*futures)):
                assert isinstance(answer, Recognized)
                assert answer.slot == slot
            await fake.until("close_slot")

    fake = play(scene, bundling())
    assert fake.came == [1, 2, 1, 4]
    assert [frame.slot for frame in fake.of_kind("frame")] == list(range(6))
    assert fake.asked[-1].WhichOneof("message") == "close_slot"


def test_a_newer_picture_replaces_one_that_has_not_been_sent() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            old = camera.request(SMALL, SPOT)[0]
            other = camera.request(SMALL, SPOT, slot=1)[0]
            new = camera.request(SMALL, SPOT)[0]
            assert (await old).reason == "superseded"  # type: ignore[union-attr]
            assert await other
            assert await new

    fake = play(scene, bundling())
    assert [frame.slot for frame in fake.of_kind("frame")] == [1, 0]
    assert fake.came == [1, 2]


def test_many_messages_go_up_in_bundles_of_64() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            assert all(await frames(avatars, 150))

    fake = play(scene, bundling())
    assert fake.came == [1, 64, 64, 22]


@pytest.mark.parametrize("first", [True, False])
def test_after_a_reconnection_the_new_answer_decides(first: bool) -> None:
    fake = bundling() if first else alone()

    async def main() -> None:
        server, port = await start(fake)
        async with BridgeClient(f"127.0.0.1:{port}", reconnect=20.0) as bridge, bridge.avatars() as avatars:
            for slot in range(4):
                avatars.set_look(slot, seed=slot)
            assert all(await frames(avatars, 4))
            assert fake.came == ([1, 8] if first else 9 * [1])
            await server.stop(0)
            fake.bundles, fake.resumes = not first, False
            fake.came.clear()
            server, _ = await start(fake, port)
            await until(lambda: len(fake.handshakes) == 2 and avatars._stream.connected)
            assert await avatars.frame(0, budget=GENEROUS)
            assert fake.came in ([6 * [1]] if first else [[1, 5], [1, 4, 1]])  # open, the four looks, and the frame
            assert all(await frames(avatars, 4))
            assert fake.came[-1] == (1 if first else 4)
        await server.stop(0)

    asyncio.run(asyncio.wait_for(main(), 30))


# -- down --------------------------------------------------------------------------------------------------------------


def test_acknowledgements_of_frames_that_came_together_go_up_together() -> None:
    fake = bundling()

    def draw(message: Any) -> Any:
        if message.WhichOneof("message") == "subscribe":
            subscribed.append(message.subscribe.slot)
            return [texture(slot, 1) for slot in subscribed] if len(subscribed) == 4 else []
        return []

    subscribed: list[int] = []
    fake.on_avatar = draw

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            streams = [avatars.subscribe(slot, budget=GENEROUS) for slot in range(4)]
            assert [frame.slot for frame in await asyncio.gather(*map(anext, streams))] == [0, 1, 2, 3]
            await fake.until("acknowledge")

    play(scene, fake)
    assert fake.came[:3] == [1, 4, 4]
    assert [ack.slot for ack in fake.of_kind("acknowledge")] == [0, 1, 2, 3]


def test_frames_that_come_after_a_loop_was_left_are_acknowledged() -> None:
    """Until they are, the server draws no other frame of their slot."""
    fake = bundling()
    fake.on_avatar = lambda message: [texture(0, 1), texture(0, 2)] if message.WhichOneof("message") == "look" else []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            avatars.set_look(0, seed=1)
            await fake.until("acknowledge")
            assert await asyncio.gather(avatars.schema(), return_exceptions=True)

    play(scene, fake)
    assert [ack.last_received_index for ack in fake.of_kind("acknowledge")] == [1, 2]


def test_parts_of_conversations_reach_their_turns() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.dialogue() as talk:
            turns = [talk.say(name, "Hello?") for name in ("inn", "forge", "mill")]
            for done in await asyncio.gather(*(turn.reply() for turn in turns)):
                assert (done.text, done.finish) == ("Well met. Sit!", "end")

    fake = play(scene, bundling())
    assert fake.came == [1, 3]


TEXTURE = texture(0, 1).SerializeToString()
WRONG = {
    "too many parts": avatar_pb2.StreamAvatarResponse(bundle=bundle_pb2.Bundle(parts=65 * [TEXTURE])),
    "no part": avatar_pb2.StreamAvatarResponse(bundle=bundle_pb2.Bundle()),
    "a bundle in a bundle": bundle([bundle([texture(0, 1), texture(0, 2)]), texture(0, 3)]),
    "a part too large": bundle([texture(0, 1, bytes(6400), 40), texture(0, 3)]),
    "a part that is no message": avatar_pb2.StreamAvatarResponse(
        bundle=bundle_pb2.Bundle(parts=[TEXTURE, b"\x1a\x05"])
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_server_that_breaks_the_rules_of_bundles_loses_its_stream(what: str) -> None:
    fake = bundling()
    fake.on_avatar = lambda message: [WRONG[what]] if message.WhichOneof("message") == "frame" else []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            answer = await avatars.frame(0, budget=GENEROUS)
            assert not answer
            assert "bundle" in answer.message or "not a valid bridge.v1.StreamAvatarResponse" in answer.message
            with pytest.raises(ContractBroken):
                await avatars.frame(0, budget=GENEROUS)

    play(scene, fake)


def test_bytes_that_are_no_message_end_the_stream_with_a_sentence() -> None:
    class Babbling(FakeBridge):
        async def StreamAvatar(self, request_iterator: Any, context: Any) -> Any:
            yield bridge_pb2.Model(name="\x00")  # not a StreamAvatarResponse: field 1 is a message there

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        with pytest.raises(ContractBroken, match=r"not a valid bridge\.v1\.StreamAvatarResponse"):
            async with bridge.avatars():
                pass

    play(scene, Babbling())


# -- probes ------------------------------------------------------------------------------------------------------------


async def probe_each(bridge: BridgeClient, fake: FakeBridge) -> None:
    async with bridge.probe() as probe:
        assert (await probe(b"alone")).payload == b"alone"
        words = [b"%d" % number for number in range(20)]
        assert [answer.payload for answer in await asyncio.gather(*map(probe, words))] == words


def test_probes_awaited_at_once_go_up_as_one_message_and_match_by_nonce() -> None:
    fake = bundling()
    later: list[Any] = []

    def echo(probe: Any) -> Iterator[Any]:
        later.insert(0, next(iter(fake.echo(probe))))
        if probe.nonce in (1, 21):  # the first by itself, then all others, backwards
            yield from later
            later.clear()

    fake.on_probe = echo
    play(probe_each, fake)
    assert fake.came == [1, 20]


def test_without_bundles_probes_awaited_at_once_match_too() -> None:
    fake = play(probe_each, older())
    assert fake.came == 21 * [1]


def test_a_large_probe_travels_alone() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.probe() as probe:
            answers = await asyncio.gather(probe(b"a"), probe(bytes(100_000)), probe(b"b"), probe(b"c"))
            assert [len(answer.payload) for answer in answers] == [1, 100_000, 1, 1]

    assert play(scene, bundling()).came == [1, 1, 2]


def test_a_probe_that_is_refused_raises_and_costs_no_other() -> None:
    fake = bundling()
    error = error_pb2.ErrorDetail(reason=error_pb2.ERROR_REASON_TOO_LARGE, message="it is too large")
    fake.on_probe = lambda probe: [bridge_pb2.ProbeResponse(error=error)] if probe.nonce == 3 else fake.echo(probe)

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.probe() as probe:
            *answers, refused = await asyncio.gather(probe(b"1"), probe(b"2"), probe(b"3"), return_exceptions=True)
            assert [getattr(answer, "payload", answer) for answer in answers] == [b"1", b"2"]
            assert isinstance(refused, CallFailed)
            assert (refused.reason, str(refused)) == ("too_large", "it is too large")
            assert (await probe(b"4")).payload == b"4"

    play(scene, fake)


def test_a_probe_that_is_given_up_leaves_the_others() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.probe() as probe:
            given_up = asyncio.create_task(probe(b"never mind"))
            await asyncio.sleep(0)
            waiting = asyncio.create_task(probe(b"still here"))
            given_up.cancel()
            assert (await waiting).payload == b"still here"

    play(scene, bundling())


def test_leaving_the_probe_ends_what_waits_and_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.probe.MAX_PENDING", 2)
    fake = bundling()
    fake.on_probe = lambda probe: []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.probe() as probe:
            waiting = [asyncio.create_task(probe()) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Overloaded):
                await probe()
        for answer in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(answer, ServerUnavailable)
        with pytest.raises(ServerUnavailable, match="closed"):
            await probe()

    play(scene, fake)


# -- against the server ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bundles", [True, False])
def test_the_server_reads_and_answers_them(bundles: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real server, every stream: fewer messages than requests, and as many without bundles."""
    written: list[bytes] = []
    write = StreamStreamCall.write

    async def counted(call: Any, data: bytes) -> None:
        written.append(data)
        await write(call, data)

    monkeypatch.setattr(StreamStreamCall, "write", counted)

    async def main() -> None:
        async with serving() as server, BridgeClient(f"127.0.0.1:{server.port}", bundles=bundles) as bridge:
            async with bridge.avatars() as avatars, bridge.camera() as camera, bridge.probe() as probe:
                for slot in range(8):
                    avatars.set_look(slot, seed=slot)
                assert all(await frames(avatars, 8))
                assert len(written) == (3 if bundles else 18)  # two are `open`
                written.clear()
                assert all(await frames(avatars, 8))
                assert len(written) == (1 if bundles else 8)
                written.clear()
                words = [b"%d" % number for number in range(8)]
                assert [answer.payload for answer in await asyncio.gather(*map(probe, words))] == words
                assert len(written) == (1 if bundles else 8)
                written.clear()
                pixels = memoryview(bytes(8 * 8 * 3)).cast("B", (8, 8, 3))
                answers = await asyncio.gather(*(camera.classify(pixels, budget=GENEROUS, slot=n) for n in range(8)))
                assert [answer.slot for answer in answers if answer] == list(range(8))
                assert len(written) == (1 if bundles else 8)
                assert recognition_pb2.RecognizeRequest.FromString(written[0]).HasField("bundle") is bundles
            async with bridge.dialogue() as talk:
                written.clear()
                turns = [talk.say(name, "hello") for name in ("inn", "forge")]
                replies = [turn.reply() for turn in turns]
                assert {done.text for done in await asyncio.gather(*replies)} == {"You said: hello"}
                assert len(written) == (1 if bundles else 2)

    asyncio.run(asyncio.wait_for(main(), 60))
