"""The client against a fake server: what it sends, and what it makes of the answers."""

import asyncio
from typing import Any

import numpy as np
import pytest

from bridge.client import BridgeClient, Disposition, Done, Frame, Sampling, Sentence, Task, Token
from bridge.errors import CallFailed, TooLarge
from bridge.v1 import error_pb2, media_pb2, recognition_pb2
from tests.client.fake import FakeBridge, outcome, serving, status, texture
from tests.client.scenes import play

JPEG = b"\xff\xd8\xff" + bytes(60)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


def test_a_client_calls_itself_what_it_is_told() -> None:
    fake = FakeBridge()

    async def main() -> None:
        async with serving(fake) as address:
            async with BridgeClient(address, name="village"):
                pass
            async with BridgeClient(address):
                pass

    asyncio.run(asyncio.wait_for(main(), 30))
    assert [hello.client_name for hello in fake.handshakes] == ["village", "framebridge-python"]


def test_a_frame_comes_with_its_pixels() -> None:
    fake = FakeBridge()
    payload = bytes(range(64))
    fake.on_avatar = lambda message: (
        [texture(message.frame.slot, message.frame.frame_index, payload)] if message.HasField("frame") else []
    )

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            avatars.set_look(3, seed=7, attributes={"hair": "bun"}, expression="happy", intensity=0.5, morph=0.3)
            frame = await avatars.frame(3, budget=5.0)
            assert isinstance(frame, Frame)
            assert frame
            assert frame.on_time
            assert frame.pixels.shape == (4, 4, 4)
            assert frame.pixels.tobytes() == payload
            assert frame.timing.rung == "fake"

    play(scene, fake)
    (look,) = fake.of_kind("look")
    assert (look.slot, look.look.seed, look.morph_micros) == (3, 7, 300_000)
    assert (look.look.attributes[0].name, look.look.attributes[0].value) == ("hair", "bun")
    assert look.look.expression.name == "happy"
    assert fake.of_kind("frame")[0].budget.budget_micros == 5_000_000
    assert len(fake.ended) == 1


def test_frame_indices_rise_and_acknowledge() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            for _ in range(3):
                await avatars.frame(0, budget=5.0)

    frames = play(scene).of_kind("frame")
    assert [frame.last_received_index for frame in frames] == [0, frames[0].frame_index, frames[1].frame_index]
    assert frames[0].frame_index < frames[1].frame_index < frames[2].frame_index
    assert all(frame.budget.link_micros > 0 for frame in frames)


@pytest.mark.parametrize(
    ("wire", "disposition"),
    [
        (error_pb2.DISPOSITION_REFUSED, Disposition.REFUSED),
        (error_pb2.DISPOSITION_MISSED, Disposition.MISSED),
        (error_pb2.DISPOSITION_SUPERSEDED, Disposition.SUPERSEDED),
        (error_pb2.DISPOSITION_CANCELLED, Disposition.CANCELLED),
    ],
)
def test_no_payload_is_a_falsy_answer(wire: int, disposition: Disposition) -> None:
    fake = FakeBridge()
    what = outcome(wire, error_pb2.ERROR_REASON_BUDGET_MISSED)
    fake.on_avatar = lambda message: [status(0, message.frame.frame_index, what)] if message.HasField("frame") else []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            answer = await avatars.frame(0, budget=5.0)
            assert not answer
            assert answer.disposition is disposition
            assert (answer.reason, answer.stage, answer.over) == ("budget_missed", "blocked", 0.0015)
            assert not answer.silent

    play(scene, fake)


@pytest.mark.parametrize("wire", [error_pb2.DISPOSITION_INVALID, error_pb2.DISPOSITION_FAILED])
def test_a_wrong_request_raises(wire: int) -> None:
    fake = FakeBridge()
    what = outcome(wire, error_pb2.ERROR_REASON_OUT_OF_RANGE, "slot -1 is below 0; use 0 to 63")
    fake.on_avatar = lambda message: [status(-1, message.frame.frame_index, what)] if message.HasField("frame") else []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            with pytest.raises(CallFailed, match="use 0 to 63") as failure:
                await avatars.frame(-1, budget=5.0)
            assert failure.value.reason == "out_of_range"

    play(scene, fake)


def test_a_wrong_look_raises_from_the_next_frame_only() -> None:
    fake = FakeBridge()

    def draw(message: Any) -> Any:
        if message.WhichOneof("message") == "look" and message.look.look.seed == 13:
            what = outcome(error_pb2.DISPOSITION_INVALID, error_pb2.ERROR_REASON_UNKNOWN_ATTRIBUTE, "no 'hat'")
            return [status(message.look.slot, 0, what)]
        return fake.draw(message)

    fake.on_avatar = draw

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            avatars.set_look(0, seed=13)
            with pytest.raises(CallFailed, match="no 'hat'"):
                await avatars.frame(0, budget=5.0)
            assert await avatars.frame(0, budget=5.0)

    play(scene, fake)


def test_a_late_frame_is_dropped_by_the_clients_own_clock() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            answer = await avatars.frame(0, budget=1e-6)
            assert not answer
            assert answer.disposition is Disposition.MISSED
            assert answer.stage == "transport"
            assert answer.over > 0

    play(scene)


def test_a_subscription_acknowledges_and_gives_the_newest() -> None:
    fake = FakeBridge()

    def draw(message: Any) -> Any:
        if message.WhichOneof("message") == "subscribe":
            return [texture(0, 1)]
        if message.WhichOneof("message") == "acknowledge" and message.acknowledge.last_received_index < 5:
            return [texture(0, message.acknowledge.last_received_index + 1)]
        return []

    fake.on_avatar = draw
    seen: list[int] = []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            async for frame in avatars.subscribe(0, fps=30.0, budget=30.0):
                seen.append(frame.frame_index)
                if frame.frame_index == 5:
                    break
            await fake.until("unsubscribe")

    play(scene, fake)
    assert seen == sorted(set(seen))
    assert [ack.last_received_index for ack in fake.of_kind("acknowledge")] == [1, 2, 3, 4, 5]


def test_a_request_after_a_subscription_is_numbered_past_the_frames_on_their_way() -> None:
    fake = FakeBridge()

    def draw(message: Any) -> Any:
        return [texture(0, 1)] if message.WhichOneof("message") == "subscribe" else fake.draw(message)

    fake.on_avatar = draw

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            frames = avatars.subscribe(0, fps=30.0, budget=30.0)
            assert (await anext(frames)).frame_index == 1
            await frames.aclose()
            first, second = await avatars.frame(0, budget=5.0), await avatars.frame(0, budget=5.0)
            assert first
            assert second
            assert (first.frame_index, second.frame_index) == (32, 33)

    play(scene, fake)


def test_a_turn_is_tokens_sentences_and_done() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.dialogue() as talk:
            turn = talk.say("inn", "Hello!", persona="Mira", sampling=Sampling(seed=3), budget=5.0)
            events = [event async for event in turn]
            assert [type(event) for event in events] == [Token, Sentence, Token, Done]
            first, _, second, done = events
            assert isinstance(first, Token)
            assert isinstance(second, Token)
            assert isinstance(done, Done)
            assert (first.late, second.late) == (False, True)
            assert (done.finish, done.text, done.failure) == ("end", "Well met. Sit!", None)
            assert 0 < done.first_token <= done.elapsed
            assert (await talk.say("inn", "Again").reply()).text == done.text

    say, again = play(scene).of_kind("say")
    assert (say.persona, say.sampling.seed, say.text) == ("Mira", 3, "Hello!")
    assert again.turn_id > say.turn_id


def test_pictures_go_up_and_pose_comes_back() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            seen = await camera.detect(JPEG, budget=5.0)
            assert seen
            tasks = (Task("classify", 5.0), Task("detect", 5.0))
            what, where = await camera.recognize(np.zeros((2, 3, 4), np.uint8), *tasks, slot=2, pose=b"xyz")
            assert what
            assert where
            assert what.labels[0].name == "tabby"
            assert where.boxes[0].name == "person"
            assert where.pose == b"xyz"
            index = camera.send(PNG, *tasks)
            kinds = set()
            async for answer in camera.results():
                assert answer.frame_index == index
                kinds.add(answer.kind)
                if len(kinds) == 2:
                    break
            assert kinds == {"classify", "detect"}

    file, raw, png = play(scene).of_kind("frame")
    assert (file.image.format, file.image.data) == (media_pb2.IMAGE_FORMAT_JPEG, JPEG)
    assert (raw.image.format, raw.image.width, raw.image.height) == (media_pb2.IMAGE_FORMAT_RGBA32, 3, 2)
    assert png.image.format == media_pb2.IMAGE_FORMAT_PNG


def test_a_status_for_all_tasks_answers_each() -> None:
    fake = FakeBridge()

    def see(message: Any) -> Any:
        if message.WhichOneof("message") == "frame":
            what = outcome(error_pb2.DISPOSITION_REFUSED, error_pb2.ERROR_REASON_OVERLOADED)
            answer = recognition_pb2.RecognitionStatus(frame_index=message.frame.frame_index, outcome=what)
            yield recognition_pb2.RecognizeResponse(status=answer)

    fake.on_camera = see

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            answers = await camera.recognize(JPEG, Task("classify", 5.0), Task("detect", 5.0))
            assert [(answer.kind, bool(answer)) for answer in answers] == [("classify", False), ("detect", False)]

    play(scene, fake)


def test_pictures_that_cannot_be_are_told_before_sending() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            with pytest.raises(ValueError, match="neither JPEG, PNG nor WebP"):
                await camera.detect(b"hello")
            with pytest.raises(ValueError, match="height, width"):
                await camera.detect(np.zeros((4, 4, 2), np.uint8))
            with pytest.raises(ValueError, match="one of classify, detect, track, faces, face_mesh, people"):
                await camera.recognize(JPEG, Task("smell", 0.1))
            with pytest.raises(TooLarge):
                await camera.detect(JPEG + bytes(bridge.limits.max_message_bytes))
            assert await camera.detect(JPEG, budget=5.0)

    play(scene)
