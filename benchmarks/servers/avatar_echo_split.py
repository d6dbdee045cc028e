"""A bare server of two processes: one has gRPC and its event loop, the other has the device.

What was read in one turn of the loop goes over as one packet of serialised messages, and the answers come back as one.
The packets go through a socket pair: at these sizes a ring in shared memory would need the same two system calls to
wake the other side, and save only the copy of 500 bytes.
"""

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import grpc.aio
from avatar_answers import OPTIONS, answered
from avatar_loops import LOOPS

from bridge.v1 import avatar_pb2

_HEAD = struct.Struct("<II")  # stream, length
_PACKET = 1 << 17


def pack(parts: Sequence[tuple[int, bytes]]) -> bytes:
    """Messages with the number of their stream."""
    return b"".join(_HEAD.pack(stream, len(data)) + data for stream, data in parts)


def unpack(packet: bytes) -> Iterator[tuple[int, bytes]]:
    """What `pack` packed."""
    place = 0
    while place < len(packet):
        stream, size = _HEAD.unpack_from(packet, place)
        place += _HEAD.size + size
        yield stream, packet[place - size : place]


def run_device(side: socket.socket) -> None:
    """The process of the device: answers packets until the other side closes."""
    while packet := side.recv(_PACKET):
        side.send(
            pack(
                [
                    (stream, answered(avatar_pb2.StreamAvatarRequest.FromString(data)).SerializeToString())
                    for stream, data in unpack(packet)
                ]
            )
        )


class Transport:
    """The process of gRPC. It does not parse what it carries."""

    def __init__(self, side: socket.socket) -> None:
        self._side = side
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(side, self._receive)
        self._read: list[tuple[int, bytes]] = []
        self._outboxes: dict[int, asyncio.Queue[bytes]] = {}

    async def serve(self, _: Any, context: Any) -> None:
        """One stream."""
        stream = len(self._outboxes)
        self._outboxes[stream] = asyncio.Queue()
        writer = asyncio.create_task(self._write(context, self._outboxes[stream]))
        try:
            while (message := await context.read()) is not grpc.aio.EOF:  # type: ignore[attr-defined]
                if not self._read:
                    self._loop.call_soon(self._send)
                self._read.append((stream, message))
        finally:
            writer.cancel()

    def _send(self) -> None:
        self._side.send(pack(self._read))
        self._read.clear()

    def _receive(self) -> None:
        for stream, data in unpack(self._side.recv(_PACKET)):
            self._outboxes[stream].put_nowait(data)

    async def _write(self, context: Any, outbox: "asyncio.Queue[bytes]") -> None:
        while True:
            await context.write(await outbox.get())


async def main(side: socket.socket) -> None:
    """Serve on a free port, and print it."""
    server = grpc.aio.server(options=OPTIONS)
    handlers = {"StreamAvatar": grpc.stream_stream_rpc_method_handler(Transport(side).serve)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bridge.v1.AvatarService", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"serving at 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    sys.setswitchinterval(0.0002)
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        near.close()
        run_device(far)
        os._exit(0)
    far.close()
    with asyncio.Runner(loop_factory=LOOPS["uvloop"]) as runner:
        runner.run(main(near))
