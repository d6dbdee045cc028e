"""A bare synchronous gRPC server, a thread for each stream; with `--device`, another thread answers."""

import queue
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from avatar_answers import OPTIONS, answered

from bridge.v1 import avatar_pb2, avatar_pb2_grpc


class Threads(avatar_pb2_grpc.AvatarServiceServicer):
    """Answers on the thread of the stream."""

    def StreamAvatar(  # noqa: N802
        self, request_iterator: Iterator[avatar_pb2.StreamAvatarRequest], context: Any
    ) -> Iterator[avatar_pb2.StreamAvatarResponse]:
        for message in request_iterator:
            yield answered(message)


class Device(avatar_pb2_grpc.AvatarServiceServicer):
    """Two threads a stream, one reads and one writes; the device's thread is between them."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            outbox, message = self._inbox.get()
            outbox.put(answered(message))

    def StreamAvatar(  # noqa: N802
        self, request_iterator: Iterator[avatar_pb2.StreamAvatarRequest], context: Any
    ) -> Iterator[avatar_pb2.StreamAvatarResponse]:
        outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(request_iterator, outbox), daemon=True).start()
        while (answer := outbox.get()) is not None:
            yield answer

    def _read(self, requests: Iterator[Any], outbox: "queue.SimpleQueue[Any]") -> None:
        try:
            for message in requests:
                self._inbox.put((outbox, message))
        except grpc.RpcError:
            pass
        finally:
            outbox.put(None)


if __name__ == "__main__":
    sys.setswitchinterval(0.0002)
    server = grpc.server(ThreadPoolExecutor(8), options=OPTIONS)
    servicer = Device() if "--device" in sys.argv else Threads()
    avatar_pb2_grpc.add_AvatarServiceServicer_to_server(servicer, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"serving at 127.0.0.1:{port}", flush=True)
    server.wait_for_termination()
