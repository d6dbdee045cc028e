"""What is wrong gets a precise status and a sentence that says the mend; the server keeps serving others."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from bridge.v1 import media_pb2, timing_pb2
from tests.conftest import Run
from tests.serving.client import (
    A,
    B,
    Client,
    D,
    N,
    R,
    ask,
    assert_idle,
    assert_serves,
    connected,
    ended,
    look,
    read,
    say,
    until_done,
)
from tests.serving.fakes import CONTEXT, FakeAvatar, Fakes
from tests.serving.server import FakeServer, serving
from tests.wire.outcomes import INVALID, STREAMS, assert_aborted, assert_invalid, outcome_of

BUDGET_MICROS = 60_000_000


# -- single requests that are wrong: a status, and the stream goes on -------------------------------------------------


def frame_with(**budget: Any) -> Any:
    return ask(1, budget=timing_pb2.Budget(**budget))


def attribute(name: str, value: str) -> Any:
    wanted = A.AvatarLook(attributes=[A.AvatarAttribute(name=name, value=value)])
    return A.StreamAvatarRequest(look=A.AvatarSetLook(slot=0, look=wanted))


def expression(name: str, intensity: float) -> Any:
    wanted = A.AvatarLook(expression=A.AvatarExpression(name=name, intensity=intensity))
    return A.StreamAvatarRequest(look=A.AvatarSetLook(slot=0, look=wanted))


def subscribe(fps: float, **fields: Any) -> Any:
    return A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=0, frames_per_second=fps, **fields))


WRONG_AVATARS: dict[str, tuple[Any, ...]] = {
    "unknown attribute": (attribute("hat", "top"), "UNKNOWN_ATTRIBUTE", "hat", "choose one of"),
    "unknown choice": (attribute("hair", "mohawk"), "UNKNOWN_ATTRIBUTE", "mohawk", "choose one of"),
    "no colour": (attribute("hair_color", "reddish"), "UNKNOWN_ATTRIBUTE", "#rrggbb"),
    "unknown expression": (expression("smug", 1), "UNKNOWN_ATTRIBUTE", "smug", "choose one of"),
    "intensity": (expression("happy", 1.5), "OUT_OF_RANGE", "intensity", "from 0 to 1"),
    "morph": (look(morph_micros=-1), "OUT_OF_RANGE", "morph_micros", "from 0 to"),
    "absurd morph": (look(morph_micros=2**62), "OUT_OF_RANGE", "morph_micros", "from 0 to"),
    "negative slot": (look(slot=-1), "OUT_OF_RANGE", "slot is -1", "use 0 to 63"),
    "absurd slot": (look(slot=2**31 - 1), "OUT_OF_RANGE", "slot is", "use 0 to 63"),
    "no look": (ask(1, slot=5), "MALFORMED", "no look", "AvatarSetLook"),
    "negative budget": (frame_with(budget_micros=-1), "OUT_OF_RANGE", "budget_micros is -1", "send 1 to 60000000"),
    "absurd budget": (frame_with(budget_micros=2**62), "OUT_OF_RANGE", "budget_micros", "or 0 for the default"),
    "negative link": (frame_with(link_micros=-5), "OUT_OF_RANGE", "link_micros is -5"),
    "negative link rate": (frame_with(link_bytes_per_second=-1), "OUT_OF_RANGE", "link_bytes_per_second is -1"),
    "absurd link": (frame_with(link_micros=BUDGET_MICROS + 1), "OUT_OF_RANGE", "link_micros"),
    "unknown ladder": (frame_with(ladder=9), "OUT_OF_RANGE", "ladder is 9", "LADDER_POLICY_BEST_ONLY"),
    "zero index": (ask(0), "OUT_OF_RANGE", "frame_index is 0", "must rise"),
    "negative index": (ask(-3), "OUT_OF_RANGE", "frame_index is -3", "must rise"),
    "unknown format": (ask(1, format=99), "OUT_OF_RANGE", "format is 99", "TEXTURE_FORMAT_PNG"),
    "format not agreed": (ask(1, format=media_pb2.TEXTURE_FORMAT_PNG), "OUT_OF_RANGE", "was not agreed", "handshake"),
    "acknowledges the future": (ask(1, received=7), "OUT_OF_RANGE", "last_received_index is 7"),
    "zero rate": (subscribe(0), "OUT_OF_RANGE", "frames_per_second is 0", "from 1 to 120"),
    "absurd rate": (subscribe(1e9), "OUT_OF_RANGE", "frames_per_second", "from 1 to 120"),
    "negative rate": (subscribe(-30), "OUT_OF_RANGE", "frames_per_second", "from 1 to 120"),
    "subscribed on an absurd budget": (
        subscribe(30, budget=timing_pb2.Budget(budget_micros=-1)),
        "OUT_OF_RANGE",
        "budget_micros",
    ),
}


@pytest.mark.parametrize("case", WRONG_AVATARS)
def test_a_wrong_avatar_message_is_answered_and_the_stream_goes_on(run: Run, fake: FakeServer, case: str) -> None:
    message, reason, *mend = WRONG_AVATARS[case]

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(message)
            assert_invalid(outcome_of(await read(call)), reason, *mend)
            await call.write(look())
            await call.write(ask(100))
            assert (await read(call)).frame.frame_index == 100
            await assert_serves(fake.port)

    run(scenario())


def sampling(**fields: Any) -> Any:
    usual: dict[str, Any] = {"temperature": 0.7, "top_p": 0.9, "repetition_penalty": 1.1}
    return say("hello", sampling=D.Sampling(**{**usual, **fields}))


WRONG_WORDS: dict[str, tuple[Any, ...]] = {
    "no text": (say("  "), "MALFORMED", "text is empty", "send what the player says"),
    "no name": (say("hello", conversation=""), "OUT_OF_RANGE", "conversation_id has 0 bytes", "send 1 to 64"),
    "long name": (say("hello", conversation="x" * 65), "OUT_OF_RANGE", "65 bytes", "send 1 to 64"),
    "zero turn": (say("hello", turn=0), "OUT_OF_RANGE", "turn_id is 0", "must rise"),
    "too much text": (say("x" * 9000, persona="y" * 9000), "TOO_LARGE", "18,000 bytes", "at most 16,384"),
    "a prompt longer than the context": (say("word " * (CONTEXT + 1)), "PROMPT_TOO_LONG", "tokens", "shorten it"),
    "temperature": (sampling(temperature=9), "OUT_OF_RANGE", "temperature is 9", "from 0 to 5"),
    "top_p": (sampling(top_p=0), "OUT_OF_RANGE", "top_p is 0", "above 0, up to 1"),
    "repetition_penalty": (sampling(repetition_penalty=0), "OUT_OF_RANGE", "repetition_penalty is 0", "from 0.5 to 5"),
    "negative length": (sampling(max_new_tokens=-1), "OUT_OF_RANGE", "max_new_tokens is -1"),
    "absurd length": (sampling(max_new_tokens=2**31 - 1), "OUT_OF_RANGE", "max_new_tokens", "send a value from 0"),
    "empty stop": (sampling(stop=[""]), "OUT_OF_RANGE", "stop"),
    "absurd budget": (say("hello", budget=timing_pb2.Budget(budget_micros=-7)), "OUT_OF_RANGE", "budget_micros is -7"),
    "negative pace": (say("hello", pace_micros=-1), "OUT_OF_RANGE", "pace_micros is -1"),
}


@pytest.mark.parametrize("case", WRONG_WORDS)
def test_wrong_words_are_answered_by_done_alone(run: Run, fake: FakeServer, case: str) -> None:
    message, reason, *mend = WRONG_WORDS[case]

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(message)
            (event,) = await until_done(call)
            assert event.done.finish == D.TURN_FINISH_FAILED
            assert_invalid(event.done.outcome, reason, *mend)
            await call.write(say("still there?", turn=2))
            assert (await until_done(call, 2))[-1].done.text == "You said: still there?"
            await assert_serves(fake.port)
        await assert_idle(fake.port)

    run(scenario())


# -- streams that break the contract: they end, the others go on -----------------------------------------------------

STREAM_METHODS = {
    "avatars": "/bridge.v1.AvatarService/StreamAvatar",
    "dialogue": "/bridge.v1.DialogueService/Converse",
    "recognition": "/bridge.v1.RecognitionService/Recognize",
    "inference": "/bridge.v1.InferenceService/Infer",
}
Opening = Callable[[str], Any]
OPENINGS: dict[str, Opening] = {
    "avatars": lambda session: A.StreamAvatarRequest(open=A.AvatarOpen(session_id=session)),
    "dialogue": lambda session: D.ConverseRequest(open=D.ConverseOpen(session_id=session)),
    "recognition": lambda session: R.RecognizeRequest(open=R.RecognizeOpen(session_id=session)),
    "inference": lambda session: N.InferRequest(open=N.InferOpen(session_id=session)),
}


@pytest.mark.parametrize("stream", STREAM_METHODS)
def test_bytes_that_are_no_message_end_the_stream(run: Run, fake: FakeServer, stream: str) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            for opened in (False, True):
                call = client.raw(STREAM_METHODS[stream])
                if opened:
                    await call.write(OPENINGS[stream](client.session).SerializeToString())
                    await read(call)
                await call.write(b"\xff\xff\xff")
                assert_aborted(await ended(call), INVALID, "MALFORMED", "protos/bridge/v1")
            await assert_serves(fake.port)
        await assert_idle(fake.port)

    run(scenario())


@pytest.mark.parametrize("stream", STREAM_METHODS)
def test_text_that_is_not_utf8_ends_the_stream(run: Run, fake: FakeServer, stream: str) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = client.raw(STREAM_METHODS[stream])
            await call.write(OPENINGS[stream]("abcd").SerializeToString().replace(b"abcd", b"ab\xff\xfe"))
            assert_aborted(await ended(call), INVALID, "MALFORMED", "UTF-8")
            await assert_serves(fake.port)

    run(scenario())


def test_a_call_whose_text_is_not_utf8_is_invalid(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            data = B.LoadModelRequest(name="abcd").SerializeToString().replace(b"abcd", b"ab\xff\xfe")
            call = client.raw_call("/bridge.v1.BridgeService/LoadModel", data)
            assert_aborted(await ended(call), INVALID, "MALFORMED", "UTF-8")
            await assert_serves(fake.port)

    run(scenario())


@pytest.mark.parametrize("stream", STREAM_METHODS)
def test_a_stream_begins_with_open_and_opens_once(run: Run, fake: FakeServer, stream: str) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = getattr(client, stream)()
            await call.write(STREAMS[stream]())
            assert_aborted(await ended(call), INVALID, "MALFORMED", "send `open`")
            call = getattr(client, stream)()
            for _ in range(2):
                await call.write(OPENINGS[stream](client.session))
            await read(call)
            assert_aborted(await ended(call), INVALID, "MALFORMED", "sent twice")
            call = await getattr(client, f"open_{stream}")()
            await call.write(STREAMS[stream]())
            assert_aborted(await ended(call), INVALID, "MALFORMED", "the message is empty")

    run(scenario())


@pytest.mark.parametrize("stream", STREAM_METHODS)
def test_a_stream_needs_a_session(run: Run, fake: FakeServer, stream: str) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = getattr(client, stream)()
            await call.write(OPENINGS[stream]("nobody"))
            assert_aborted(await ended(call), grpc.StatusCode.NOT_FOUND, "UNKNOWN_SESSION", "call Handshake")

    run(scenario())


def test_a_message_over_the_limit_is_too_large(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            frame = R.CameraFrame(frame_index=1, image=media_pb2.Image(data=bytes(16 * 1024 * 1024)))
            await call.write(R.RecognizeRequest(frame=frame))
            assert_aborted(await ended(call), INVALID, "TOO_LARGE", "max_message_bytes")
            await assert_serves(fake.port)

    run(scenario())


def test_another_major_version_is_told_so_in_one_sentence(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        call = client.bridge.Handshake(B.HandshakeRequest(protocol=B.ProtocolVersion(major=2, minor=3)))
        code, detail = await ended(call)
        assert_aborted((code, detail), grpc.StatusCode.FAILED_PRECONDITION, "VERSION_MISMATCH", "2.3", "1.7", "update")
        assert detail.message.count(". ") == 0
        call = client.bridge.Handshake(B.HandshakeRequest())
        assert_aborted(await ended(call), INVALID, "MALFORMED", "protocol", "missing")
        await client.channel.close()

    run(scenario())


def test_an_unknown_model_is_not_found(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            for call in (
                client.bridge.LoadModel(B.LoadModelRequest(name="oracle")),
                client.bridge.UnloadModel(B.UnloadModelRequest(name="")),
            ):
                assert_aborted(await ended(call), grpc.StatusCode.NOT_FOUND, "UNKNOWN_MODEL", "there are avatar")

    run(scenario())


# -- clients that misbehave ------------------------------------------------------------------------------------------


def test_a_client_that_vanishes_leaves_nothing_behind(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        await client.handshake()
        avatars, dialogue = await client.open_avatars(), await client.open_dialogue()
        await avatars.write(look())
        await avatars.write(subscribe(120))
        await dialogue.write(say("count 100000"))
        while (await read(dialogue)).WhichOneof("event") != "token":
            pass
        await read(avatars)
        assert (await client.stats()).stream_count == 2
        await client.channel.close()  # without a word
        await assert_idle(fake.port)
        await assert_serves(fake.port)

    run(scenario())


def test_a_client_that_never_reads_is_cut_off(run: Run) -> None:
    async def scenario() -> None:
        async with serving(Fakes(avatar=FakeAvatar(side=512))) as server, connected(server.port) as other:
            client = Client(server.port)
            await client.handshake()
            call = await client.open_avatars()
            await call.write(look())
            index = 0
            while (await other.stats()).stream_count:
                index += 1
                try:
                    await call.write(ask(index, received=index - 1))  # says that it has read, and never does
                except grpc.aio.AioRpcError:
                    break
            await other.stats_until(lambda stats: not stats.stream_count and not stats.job_count)
            await assert_serves(server.port)
            await client.channel.close()

    run(scenario())


def test_a_client_that_reads_again_learns_why_it_was_cut_off(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            stream = next(iter(server.backend.streams))
            for _ in range(server.backend.limits.outbox_messages + 1):
                stream.delivery.send(D.ConverseResponse())
            assert_aborted(
                await ended(call), grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", "read the stream faster"
            )

    run(scenario())
