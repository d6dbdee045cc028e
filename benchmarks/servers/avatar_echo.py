"""A bare grpc.aio server that answers avatar frames at once; transport.py compares it with others.

python avatar_echo.py --api read --loop uvloop --device --options '{"grpc.http2.bdp_probe": 0}'
"""

import argparse
import asyncio
import json
import queue
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc.aio
from avatar_answers import OPTIONS, answered
from avatar_loops import LOOPS

from bridge.v1 import avatar_pb2, avatar_pb2_grpc


class Reading(avatar_pb2_grpc.AvatarServiceServicer):
    """Calls `read` and `write`."""

    async def StreamAvatar(self, request_iterator: Any, context: Any) -> None:  # noqa: N802
        while (message := await context.read()) is not grpc.aio.EOF:  # type: ignore[attr-defined]
            await context.write(answered(message))


class Generating(avatar_pb2_grpc.AvatarServiceServicer):
    """An asynchronous generator, as in gRPC's examples."""

    async def StreamAvatar(  # noqa: N802
        self, request_iterator: AsyncIterator[avatar_pb2.StreamAvatarRequest], context: Any
    ) -> AsyncIterator[avatar_pb2.StreamAvatarResponse]:
        async for message in request_iterator:
            yield answered(message)


class Device(avatar_pb2_grpc.AvatarServiceServicer):
    """Hands each request to a thread that answers what it finds, and gets its answers back with one call a turn."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            taken = [self._inbox.get()]
            while not self._inbox.empty():
                taken.append(self._inbox.get())
            answers = [(outbox, answered(message)) for outbox, message in taken]
            self._loop.call_soon_threadsafe(self._deliver, answers)

    def _deliver(self, answers: Sequence[tuple["asyncio.Queue[Any]", Any]]) -> None:
        for outbox, answer in answers:
            outbox.put_nowait(answer)

    async def StreamAvatar(self, request_iterator: Any, context: Any) -> None:  # noqa: N802
        outbox: asyncio.Queue[Any] = asyncio.Queue()
        writer = asyncio.create_task(_write(context, outbox))
        try:
            while (message := await context.read()) is not grpc.aio.EOF:  # type: ignore[attr-defined]
                self._inbox.put((outbox, message))
        finally:
            writer.cancel()


async def _write(context: Any, outbox: "asyncio.Queue[Any]") -> None:
    while True:
        await context.write(await outbox.get())


async def main(options: argparse.Namespace) -> None:
    """Serve on a free port, and print it."""
    servicer = {"read": Reading, "generator": Generating, "device": Device}[options.api]()
    server = grpc.aio.server(options=[*OPTIONS, *json.loads(options.options).items()])
    avatar_pb2_grpc.add_AvatarServiceServicer_to_server(servicer, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"serving at 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--api", choices=("read", "generator", "device"), default="read")
    parser.add_argument("--loop", choices=LOOPS, default="uvloop")
    parser.add_argument("--options", default="{}", help="of the gRPC server, as JSON")
    parser.add_argument("--switch", type=float, default=0.0002, help="Python's switch interval in seconds")
    chosen = parser.parse_args()
    sys.setswitchinterval(chosen.switch)
    with asyncio.Runner(loop_factory=LOOPS[chosen.loop]) as runner:
        runner.run(main(chosen))
