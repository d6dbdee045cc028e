"""Sends mutated messages to every method of every service, and counts how the calls end."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import grpc
from google.protobuf.message_factory import GetMessageClass
from harness.record import show

from attack.mutations import Mutator
from attack.target import Server
from bridge.v1 import avatar_pb2, bridge_pb2, bridge_pb2_grpc, dialogue_pb2, recognition_pb2

SEED = 13
_SENDERS = 12
_PER_STREAM = 25
_DONE_SECONDS = 5.0
_WANT_BUNDLES = 0.8
_WATCH_SECONDS = 0.05  # for a call that lasts until its caller cancels it
_CLIENTS_OWN = "Internal error from Core"  # cygrpc's status for a write that races with the end of its call
_WRONG = (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
_FAULT = '"call failed"'
_SERVICES = [
    service
    for module in (bridge_pb2, avatar_pb2, dialogue_pb2, recognition_pb2)
    for service in module.DESCRIPTOR.services_by_name.values()
]
_METHODS = [method for service in _SERVICES for method in service.methods]


class Sender:
    """One connection. `unclear` counts calls whose status gRPC's client lost."""

    def __init__(self, address: str, mutator: Mutator) -> None:
        self._mutator = mutator
        self._channel: Any = grpc.aio.insecure_channel(address, options=(("grpc.use_local_subchannel_pool", 1),))
        self._stub: Any = bridge_pb2_grpc.BridgeServiceStub(self._channel)
        self.codes: Counter[grpc.StatusCode] = Counter()
        self.sent = 0
        self.wrong: list[str] = []
        self.unclear = 0

    async def send(self, count: int) -> None:
        """Send at least `count` messages, then close the connection."""
        while self.sent < count:
            if self.sent % 40 < _PER_STREAM or not self._mutator.sessions:
                await self._new_session()
            method = self._mutator.random.choice(_METHODS)
            before = self.sent
            try:
                call = await (self._stream(method) if method.client_streaming else self._unary(method))
                code = await call.code()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.wrong.append(f"{method.full_name}: {error!r}")
                continue
            self.codes[code] += 1
            if code in _WRONG and await call.details() == _CLIENTS_OWN:
                self.unclear += 1
            elif code in _WRONG:
                self.wrong.append(f"{method.full_name}: {code.name} {await call.details()}")
            self.sent = max(self.sent, before + 1)
        await self._channel.close()

    async def _new_session(self) -> None:
        protocol = bridge_pb2.ProtocolVersion(major=1, minor=4)
        wants = self._mutator.random.random() < _WANT_BUNDLES
        hello = bridge_pb2.HandshakeRequest(protocol=protocol, client_name="mutant", wants_bundles=wants)
        with suppress(grpc.aio.AioRpcError):
            await self._end_session()
            self._mutator.sessions = [(await self._stub.Handshake(hello)).session_id]

    async def _end_session(self) -> None:
        """End three of four sessions; the others expire. If all did, they would soon reach the limit per address."""
        if self._mutator.sessions and self._mutator.random.random() < 0.75:
            with suppress(grpc.aio.AioRpcError):  # a mutated call may have ended it
                await self._stub.EndSession(bridge_pb2.EndSessionRequest(session_id=self._mutator.sessions[0]))

    async def _unary(self, method: Any) -> Any:
        data = self._mutator.bytes_of(GetMessageClass(method.input_type))
        if method.server_streaming:
            call = self._channel.unary_stream(_path(method), None, None)(data, timeout=60.0)
            await self._leave(call, asyncio.create_task(_read_all(call)), _WATCH_SECONDS)
            return call
        call = self._channel.unary_unary(_path(method), None, None)(data, timeout=60.0)
        await call.code()
        return call

    async def _stream(self, method: Any) -> Any:
        kind = GetMessageClass(method.input_type)
        call = self._channel.stream_stream(_path(method), None, None)(timeout=60.0)
        reading = asyncio.create_task(_read_all(call))
        messages = self._messages(kind)
        with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            for data in messages:
                await call.write(data)
                self.sent += 1
            await call.done_writing()
        await self._leave(call, reading, _DONE_SECONDS)
        return call

    async def _leave(self, call: Any, reading: "asyncio.Task[None]", seconds: float) -> None:
        """Wait for the call to end; cancel it after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await reading
        except TimeoutError:
            call.cancel()

    def _messages(self, kind: Any) -> list[bytes]:
        draw = self._mutator.random
        messages = [self._mutator.bytes_of(kind) for _ in range(draw.randrange(1, _PER_STREAM))]
        if "open" in kind.DESCRIPTOR.fields_by_name:
            opened = kind()
            opened.open.session_id = self._mutator.sessions[0]
            messages = [opened.SerializeToString(), *self._without_openings(kind, len(messages))]
            if draw.random() < 0.1:
                draw.shuffle(messages)
        return messages

    def _without_openings(self, kind: Any, count: int) -> Iterator[bytes]:
        """Well-formed messages, so that the stream stays open, except for the last two."""
        for number in range(count):
            message = self._mutator.filled(kind)
            while message.WhichOneof("message") in ("open", None):
                message = self._mutator.filled(kind)
            data = message.SerializeToString()
            yield data if number < count - 2 else self._mutator.broken(data)


async def _read_all(call: Any) -> None:
    with suppress(grpc.aio.AioRpcError):
        while await call.read() is not grpc.aio.EOF:  # type: ignore[attr-defined]
            pass


def _path(method: Any) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


async def mutated(server: Server, count: int) -> tuple[int, list[str]]:
    """Send messages on several connections at once. Returns how many were sent, and the calls that ended wrong.

    A call whose status gRPC's client lost counts as wrong if the server logged a fault.
    """
    senders = [Sender(server.address, Mutator(SEED + number, [])) for number in range(_SENDERS)]
    await asyncio.gather(*(sender.send(-(-count // _SENDERS)) for sender in senders))
    codes = sum((sender.codes for sender in senders), Counter())
    show("How calls ended", ("code", "calls"), [(code.name, number) for code, number in codes.most_common()])
    print(f"gRPC's client lost the status of {sum(sender.unclear for sender in senders)} calls", flush=True)
    wrong = [line for sender in senders for line in sender.wrong]
    wrong += [line for line in server.log.read_text().splitlines() if _FAULT in line]
    return sum(sender.sent for sender in senders), wrong
