"""The messages of all streams of a server, counted in a file of 16 bytes that another process may read at any time."""

import struct
from mmap import mmap
from pathlib import Path
from typing import Any

import grpc

_COUNTS = struct.Struct("<qq")  # up, down


class MessageCounts:
    """Counts, on the side of the server."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_COUNTS.size))
        with path.open("r+b") as file:
            self._map = mmap(file.fileno(), _COUNTS.size)
        self._up = self._down = 0

    def count_streams(self) -> None:
        """Count the messages of each bidirectional stream that is served from here on."""
        make = grpc.stream_stream_rpc_method_handler

        def counting(behaviour: Any, request_deserializer: Any = None, response_serializer: Any = None) -> Any:
            def reading(data: bytes) -> Any:
                self._add(up=1)
                return request_deserializer(data)

            def writing(message: Any) -> bytes:
                self._add(down=1)
                return response_serializer(message)

            return make(behaviour, reading, writing)

        grpc.stream_stream_rpc_method_handler = counting

    def _add(self, up: int = 0, down: int = 0) -> None:
        self._up += up
        self._down += down
        _COUNTS.pack_into(self._map, 0, self._up, self._down)


def read_counts(path: Path) -> tuple[int, int]:
    """The messages received and sent so far."""
    up, down = _COUNTS.unpack(path.read_bytes())
    return up, down
