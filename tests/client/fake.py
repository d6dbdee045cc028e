"""A server that speaks the contract and holds no model: each test says what it answers.

`asked` has every message that came, so that a test can see what the client really sends, parts of bundles one by one;
`came` has how many of them each message of gRPC's held.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc

from bridge.config import Limits
from bridge.v1 import (
    avatar_pb2,
    avatar_pb2_grpc,
    bridge_pb2,
    bridge_pb2_grpc,
    bundle_pb2,
    dialogue_pb2,
    dialogue_pb2_grpc,
    error_pb2,
    media_pb2,
    recognition_pb2,
    recognition_pb2_grpc,
    timing_pb2,
)

OPTIONS = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 64 << 20))
TIMING = timing_pb2.Timing(server_micros=10, compute_micros=5, batch_size=1, rung="fake")


def outcome(disposition: Any, reason: Any, message: str = "because") -> error_pb2.Outcome:
    error = error_pb2.ErrorDetail(reason=reason, message=message)
    return error_pb2.Outcome(disposition=disposition, error=error, stage=timing_pb2.STAGE_BLOCKED, over_micros=1500)


def texture(slot: int, index: int, payload: bytes = bytes(64), side: int = 4, **more: Any) -> Any:
    """A whole frame in one message."""
    frame = avatar_pb2.TextureFrame(
        slot=slot,
        frame_index=index,
        format=media_pb2.TEXTURE_FORMAT_RGBA32,
        width=side,
        height=side,
        total_bytes=len(payload),
        timing=TIMING,
        payload=payload,
        **more,
    )
    return avatar_pb2.StreamAvatarResponse(frame=frame)


def status(slot: int, index: int, what: error_pb2.Outcome) -> Any:
    answer = avatar_pb2.AvatarStatus(slot=slot, frame_index=index, outcome=what)
    return avatar_pb2.StreamAvatarResponse(status=answer)


def bundle(messages: Sequence[Any]) -> Any:
    """One message with all of these, which are of one kind."""
    parts = [message.SerializeToString() for message in messages]
    return type(messages[0])(bundle=bundle_pb2.Bundle(parts=parts))


def parts_of(message: Any) -> list[Any]:
    """The messages of a bundle; of another message, itself."""
    return [type(message).FromString(part) for part in message.bundle.parts] or [message]


class FakeBridge(
    bridge_pb2_grpc.BridgeServiceServicer,
    avatar_pb2_grpc.AvatarServiceServicer,
    dialogue_pb2_grpc.DialogueServiceServicer,
    recognition_pb2_grpc.RecognitionServiceServicer,
):
    """All four services; `on_avatar` and its like turn a message into answers."""

    def __init__(self) -> None:
        self.major, self.minor = 1, 1
        self.listings = 0
        self.models = [bridge_pb2.Model(name="avatar")]
        self.watches = True  # whether it takes watchers
        self.watchers: list[asyncio.Queue[list[Any] | None]] = []
        self.resumes = True
        self.bundles = False  # whether it reads them, and bundles the answers to each message
        self.asked: list[Any] = []
        self.came: list[int] = []
        self.kept_slots: list[int] = []
        self.handshakes: list[Any] = []
        self.ended: list[str] = []
        self.limits = Limits()
        self.offer: bridge_pb2.SharedMemory | None = None
        self._came = asyncio.Event()
        self.on_avatar: Callable[[Any], Iterable[Any]] = self.draw
        self.on_dialogue: Callable[[Any], Iterable[Any]] = self.chat
        self.on_camera: Callable[[Any], Iterable[Any]] = self.see
        self.on_probe: Callable[[Any], Iterable[Any]] = self.echo

    # -- what it answers unless a test says otherwise

    def draw(self, message: Any) -> Iterable[Any]:
        if message.WhichOneof("message") == "frame":
            yield texture(message.frame.slot, message.frame.frame_index)

    def chat(self, message: Any) -> Iterable[Any]:
        if message.WhichOneof("message") != "say":
            return
        say = message.say
        done = dialogue_pb2.TurnDone(
            finish=dialogue_pb2.TURN_FINISH_END, text="Well met. Sit!", reply_tokens=2, timing=TIMING
        )
        for event in (
            {"started": dialogue_pb2.TurnStarted(prompt_tokens=9)},
            {"token": dialogue_pb2.TurnToken(text="Well met.")},
            {"sentence": dialogue_pb2.TurnSentence(text="Well met.", index=0)},
            {"token": dialogue_pb2.TurnToken(text=" Sit!", late=True)},
            {"done": done},
        ):
            yield dialogue_pb2.ConverseResponse(conversation_id=say.conversation_id, turn_id=say.turn_id, **event)

    def see(self, message: Any) -> Iterable[Any]:
        if message.WhichOneof("message") != "frame":
            return
        frame = message.frame
        for task in frame.tasks:
            result = recognition_pb2.RecognitionResult(
                slot=frame.slot,
                frame_index=frame.frame_index,
                kind=task.kind,
                pose=frame.pose,
                source_width=640,
                source_height=480,
                timing=TIMING,
            )
            if task.kind == recognition_pb2.RECOGNITION_KIND_DETECT:
                result.detections.add(class_id=0, label="person", score=0.9, x=1, y=2, width=30, height=40)
            else:
                result.classifications.add(class_id=281, label="tabby", score=0.8)
            yield recognition_pb2.RecognizeResponse(result=result)

    def echo(self, probe: Any) -> Iterable[Any]:
        yield bridge_pb2.ProbeResponse(nonce=probe.nonce, payload=probe.payload, timing=TIMING)

    # -- the services

    async def Handshake(self, request: Any, context: Any) -> Any:
        self.handshakes.append(request)
        if self.major != request.protocol.major:
            detail = error_pb2.ErrorDetail(
                reason=error_pb2.ERROR_REASON_VERSION_MISMATCH, message="this server speaks version 2; update"
            )
            await fail(context, grpc.StatusCode.FAILED_PRECONDITION, detail)
        resumed = bool(request.resume_session_id) and self.resumes
        return bridge_pb2.HandshakeResponse(
            protocol=bridge_pb2.ProtocolVersion(major=self.major, minor=self.minor),
            server_version="fake",
            session_id=request.resume_session_id if resumed else f"session-{len(self.handshakes)}",
            resumed=resumed,
            bundles=self.bundles,
            shared_memory=self.offer,
            limits=bridge_pb2.Limits(
                max_message_bytes=self.limits.message_bytes, max_context_tokens=1024, max_image_bytes=1 << 20
            ),
        )

    async def EndSession(self, request: Any, context: Any) -> Any:
        self.ended.append(request.session_id)
        return bridge_pb2.EndSessionResponse()

    async def Ping(self, request: Any, context: Any) -> Any:
        return bridge_pb2.PingResponse(nonce=request.nonce, server_micros=1)

    async def Probe(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        async for request in request_iterator:
            parts = parts_of(request)
            self.came.append(len(parts))
            for answer in self._joined([answer for part in parts for answer in self.on_probe(part)]):
                yield answer

    async def ListModels(self, request: Any, context: Any) -> Any:
        self.listings += 1
        return bridge_pb2.ListModelsResponse(models=self.models)

    async def WatchModels(self, request: Any, context: Any) -> AsyncIterator[Any]:
        if not self.watches:
            detail = error_pb2.ErrorDetail(reason=error_pb2.ERROR_REASON_OVERLOADED, message="256 calls are open")
            await fail(context, grpc.StatusCode.RESOURCE_EXHAUSTED, detail)
        news: asyncio.Queue[list[Any] | None] = asyncio.Queue()
        self.watchers.append(news)
        yield bridge_pb2.WatchModelsResponse(models=self.models)
        while (models := await news.get()) is not None:
            yield bridge_pb2.WatchModelsResponse(models=models)

    def stand(self, *models: Any) -> None:
        """The models stand so from now on; whoever watches hears of it."""
        self.models = list(models)
        for news in self.watchers:
            news.put_nowait(self.models)

    async def LoadModel(self, request: Any, context: Any) -> Any:
        detail = error_pb2.ErrorDetail(
            reason=error_pb2.ERROR_REASON_UNKNOWN_MODEL,
            message=f"no model {request.name!r}; there is avatar",
            retryable=True,
            retry_after_micros=250_000,
        )
        await fail(context, grpc.StatusCode.NOT_FOUND, detail)

    async def StreamAvatar(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        opened = avatar_pb2.AvatarOpened(slots=self.kept_slots)
        first = avatar_pb2.StreamAvatarResponse(opened=opened)
        async for answer in self._stream(request_iterator, first, lambda message: self.on_avatar(message)):
            yield answer

    async def Converse(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        first = dialogue_pb2.ConverseResponse(opened=dialogue_pb2.ConverseOpened())
        async for answer in self._stream(request_iterator, first, lambda message: self.on_dialogue(message)):
            yield answer

    async def Recognize(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        first = recognition_pb2.RecognizeResponse(opened=recognition_pb2.RecognizeOpened())
        async for answer in self._stream(request_iterator, first, lambda message: self.on_camera(message)):
            yield answer

    async def _stream(self, requests: Any, first: Any, answer: Callable[[Any], Iterable[Any]]) -> AsyncIterator[Any]:
        async for message in requests:
            parts = parts_of(message)
            self.asked += parts
            self.came.append(len(parts))
            self._came.set()
            if message.WhichOneof("message") == "open":
                yield first
            for reply in self._joined([reply for part in parts for reply in answer(part)]):
                yield reply

    def _joined(self, answers: list[Any]) -> list[Any]:
        return [bundle(answers)] if self.bundles and len(answers) > 1 else answers

    async def until(self, kind: str) -> None:
        """Wait until a message of one kind has come."""
        while not self.of_kind(kind):
            self._came.clear()
            await self._came.wait()

    def of_kind(self, kind: str) -> list[Any]:
        """The messages of one kind that have come."""
        return [getattr(message, kind) for message in self.asked if message.WhichOneof("message") == kind]


async def fail(context: Any, code: grpc.StatusCode, detail: error_pb2.ErrorDetail) -> None:
    metadata = (("framebridge-error-bin", detail.SerializeToString()),)
    await context.abort(code, detail.message, trailing_metadata=metadata)


async def start(fake: FakeBridge, port: int = 0) -> tuple[Any, int]:
    """A running server and its port."""
    server = grpc.aio.server(options=OPTIONS)
    bridge_pb2_grpc.add_BridgeServiceServicer_to_server(fake, server)
    avatar_pb2_grpc.add_AvatarServiceServicer_to_server(fake, server)
    dialogue_pb2_grpc.add_DialogueServiceServicer_to_server(fake, server)
    recognition_pb2_grpc.add_RecognitionServiceServicer_to_server(fake, server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    return server, port


@asynccontextmanager
async def serving(fake: FakeBridge) -> AsyncIterator[str]:
    """A fake server for the time of a block; its address."""
    server, port = await start(fake)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(0)
