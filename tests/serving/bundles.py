"""Bundles as any client makes and reads them, with protobuf alone."""

from collections import deque
from typing import Any

from bridge.v1 import bridge_pb2, bundle_pb2
from tests.serving.client import EOF, read

MINOR_4 = bridge_pb2.ProtocolVersion(major=1, minor=4)
AGREED: dict[str, Any] = {"protocol": MINOR_4, "wants_bundles": True}  # for the handshake


def bundle(*messages: Any) -> Any:
    """One message with all of these, of the kind of the first; bytes go as they are."""
    kind = next(type(message) for message in messages if not isinstance(message, bytes))
    parts = [message if isinstance(message, bytes) else message.SerializeToString() for message in messages]
    return kind(bundle=bundle_pb2.Bundle(parts=parts))


def parts_of(message: Any) -> list[Any]:
    """The messages in a message: its parts, or itself."""
    if not message.HasField("bundle"):
        return [message]
    return [type(message).FromString(part) for part in message.bundle.parts]


class Inbox:
    """Reads a call's messages one by one, however they come. `sizes` is how many each message held."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._waiting: deque[Any] = deque()
        self.sizes: list[int] = []

    async def read(self) -> Any:
        """The next message; fails when the stream is over."""
        if not self._waiting:
            self._waiting.extend(parts_of(await read(self._call)))
            self.sizes.append(len(self._waiting))
        return self._waiting.popleft()

    async def take(self, count: int) -> list[Any]:
        """So many messages."""
        return [await self.read() for _ in range(count)]

    async def rest(self) -> list[Any]:
        """All that still comes, of a call that ends."""
        messages = list(self._waiting)
        self._waiting.clear()
        while (message := await self._call.read()) is not EOF:
            messages += parts_of(message)
        return messages
