"""A client as plain as can be: generated stubs, so that tests see and send exactly what is on the wire."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from bridge.v1 import (
    avatar_pb2,
    avatar_pb2_grpc,
    bridge_pb2,
    bridge_pb2_grpc,
    dialogue_pb2,
    dialogue_pb2_grpc,
    error_pb2,
    inference_pb2,
    inference_pb2_grpc,
    recognition_pb2,
    recognition_pb2_grpc,
    timing_pb2,
)

A, B, D, N, R = avatar_pb2, bridge_pb2, dialogue_pb2, inference_pb2, recognition_pb2
EOF: Any = grpc.aio.EOF  # type: ignore[attr-defined]
WAIT_SECONDS = 20.0
GENEROUS = timing_pb2.Budget(budget_micros=10_000_000)


class Client:
    """One channel and one session."""

    def __init__(self, port: int, *options: tuple[str, int]) -> None:
        everything = (("grpc.max_receive_message_length", 1 << 26), ("grpc.use_local_subchannel_pool", 1), *options)
        self.channel: Any = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=everything)
        self.bridge: Any = bridge_pb2_grpc.BridgeServiceStub(self.channel)
        self.session = ""

    async def handshake(self, **fields: Any) -> bridge_pb2.HandshakeResponse:
        fields.setdefault("protocol", bridge_pb2.ProtocolVersion(major=1))
        response: bridge_pb2.HandshakeResponse = await self.bridge.Handshake(bridge_pb2.HandshakeRequest(**fields))
        self.session = response.session_id
        return response

    def avatars(self) -> Any:
        return avatar_pb2_grpc.AvatarServiceStub(self.channel).StreamAvatar()

    def dialogue(self) -> Any:
        return dialogue_pb2_grpc.DialogueServiceStub(self.channel).Converse()

    def recognition(self) -> Any:
        return recognition_pb2_grpc.RecognitionServiceStub(self.channel).Recognize()

    def inference(self) -> Any:
        return inference_pb2_grpc.InferenceServiceStub(self.channel).Infer()

    async def open_avatars(self) -> Any:
        call = self.avatars()
        await call.write(A.StreamAvatarRequest(open=A.AvatarOpen(session_id=self.session)))
        call.opened = (await read(call)).opened
        return call

    async def open_dialogue(self) -> Any:
        call = self.dialogue()
        await call.write(D.ConverseRequest(open=D.ConverseOpen(session_id=self.session)))
        call.opened = (await read(call)).opened
        return call

    async def open_recognition(self) -> Any:
        call = self.recognition()
        await call.write(R.RecognizeRequest(open=R.RecognizeOpen(session_id=self.session)))
        await read(call)
        return call

    async def open_inference(self, **fields: Any) -> Any:
        call = self.inference()
        await call.write(N.InferRequest(open=N.InferOpen(session_id=self.session, **fields)))
        call.opened = (await read(call)).opened
        return call

    def raw(self, method: str) -> Any:
        """A stream on which anything can be sent."""
        return self.channel.stream_stream(method, lambda data: data, lambda data: data)()

    def raw_call(self, method: str, data: bytes) -> Any:
        """A unary call with any bytes."""
        return self.channel.unary_unary(method, lambda data: data, lambda data: data)(data)

    async def stats(self, minor: int = 1) -> bridge_pb2.GetStatsResponse:
        protocol = bridge_pb2.ProtocolVersion(major=1, minor=minor)
        response: bridge_pb2.GetStatsResponse = await self.bridge.GetStats(
            bridge_pb2.GetStatsRequest(protocol=protocol)
        )
        return response

    async def stats_until(self, holds: Callable[[bridge_pb2.GetStatsResponse], object]) -> bridge_pb2.GetStatsResponse:
        """Ask until the counts are as they should be."""
        give_up = time.monotonic() + WAIT_SECONDS
        while not holds(stats := await self.stats()):
            assert time.monotonic() < give_up, stats
        return stats


@asynccontextmanager
async def connected(port: int, *options: tuple[str, int], **handshake: Any) -> Any:
    """A client with a session, which is ended."""
    client = Client(port, *options)
    try:
        await client.handshake(**handshake)
        yield client
        with contextlib.suppress(grpc.aio.AioRpcError):  # its grace time may be over
            await client.bridge.EndSession(bridge_pb2.EndSessionRequest(session_id=client.session))
    finally:
        await client.channel.close()


async def read(call: Any) -> Any:
    """The next message. Fails when the stream is over."""
    async with asyncio.timeout(WAIT_SECONDS):
        message = await call.read()
    assert message is not EOF, (await call.code(), await call.details())
    return message


async def next_frame(call: Any, heard: Callable[[Any], None] = lambda outcome: None) -> Any:
    """The next frame; `heard` gets the outcomes of the ticks before it."""
    while (message := await read(call)).WhichOneof("message") != "frame":
        heard(message.status.outcome)
    return message.frame


async def ended(call: Any) -> tuple[grpc.StatusCode, error_pb2.ErrorDetail]:
    """How a call ended: its code and the detail in its trailing metadata. What still comes before that is read."""
    async with asyncio.timeout(WAIT_SECONDS):
        with contextlib.suppress(grpc.aio.AioRpcError, AttributeError):  # a unary call has nothing to read
            while await call.read() is not EOF:
                pass
        code = await call.code()
        trailing = dict(await call.trailing_metadata() or ())
    return code, error_pb2.ErrorDetail.FromString(trailing.get("framebridge-error-bin", b""))


def look(slot: int = 0, seed: int = 1, **fields: Any) -> avatar_pb2.StreamAvatarRequest:
    return A.StreamAvatarRequest(look=A.AvatarSetLook(slot=slot, look=A.AvatarLook(seed=seed), **fields))


def ask(index: int, slot: int = 0, received: int = 0, **fields: Any) -> avatar_pb2.StreamAvatarRequest:
    fields.setdefault("budget", GENEROUS)
    frame = A.AvatarFrameRequest(slot=slot, frame_index=index, last_received_index=received, **fields)
    return A.StreamAvatarRequest(frame=frame)


def acknowledge(index: int, slot: int = 0) -> avatar_pb2.StreamAvatarRequest:
    return A.StreamAvatarRequest(acknowledge=A.AvatarAcknowledge(slot=slot, last_received_index=index))


def say(text: str, turn: int = 1, conversation: str = "smith", **fields: Any) -> dialogue_pb2.ConverseRequest:
    return D.ConverseRequest(say=D.ConverseSay(conversation_id=conversation, turn_id=turn, text=text, **fields))


async def until_done(call: Any, turn: int | None = None) -> list[dialogue_pb2.ConverseResponse]:
    """The events up to the `done` of a turn."""
    events = []
    while True:
        events.append(await read(call))
        if events[-1].WhichOneof("event") == "done" and turn in (None, events[-1].turn_id):
            return events


async def until_token(call: Any) -> None:
    """Read up to the first token: the reply is being written."""
    while (await read(call)).WhichOneof("event") != "token":
        pass


async def assert_serves(port: int) -> None:
    """Another client gets its picture and its words."""
    async with connected(port) as other:
        avatars = await other.open_avatars()
        await avatars.write(look())
        await avatars.write(ask(1))
        assert (await read(avatars)).WhichOneof("message") == "frame"
        dialogue = await other.open_dialogue()
        await dialogue.write(say("hello"))
        assert (await until_done(dialogue))[-1].done.text == "You said: hello"


async def assert_idle(port: int) -> None:
    """All slots, streams, jobs and sessions of clients that have gone are free again."""
    other: Any = Client(port)
    await other.stats_until(
        lambda stats: (
            stats.job_count == 0
            and stats.stream_count == 0
            and stats.dialogue_busy_count == 0
            and stats.avatar_slot_count == 0
            and stats.session_count == 0
        )
    )
    await other.channel.close()
