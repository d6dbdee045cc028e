"""A bidirectional method of the contract: its call, and how its messages are written and read.

gRPC is given bytes and gives bytes, so that each message is serialised once, whether it travels alone or in a bundle.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from google.protobuf.message import DecodeError, Message

from bridge.errors import ContractBroken
from bridge.wire.bundles import PART_BYTES, Joiner, first_byte, parts_of

Up = TypeVar("Up")
Down = TypeVar("Down")


class Method(Generic[Up, Down]):
    """One method on a channel; `open` begins a call of it."""

    def __init__(
        self,
        channel: Any,
        path: str,
        *,
        write: Callable[[Up], bytes],
        read: Callable[[bytes], Down],
        up: type[Message],
        down: type[Message],
    ) -> None:
        self.open = channel.stream_stream(path)
        self.write = write
        self.joiner = Joiner(up)
        self._read = read
        self._down = down
        self._bundle = first_byte(down)

    def read(self, data: bytes) -> Sequence[Down]:
        """The messages that came as one, in order. ContractBroken if the bytes are none of this method."""
        try:
            if not data or data[0] != self._bundle:
                return (self._read(data),)
            parts = parts_of(self._down, data)
            if max(map(len, parts)) > PART_BYTES or self._bundle in [part[0] for part in parts if part]:
                raise ContractBroken("the server has sent a bundle with a part that may not be in one")
            return [self._read(part) for part in parts]
        except DecodeError:
            name = self._down.DESCRIPTOR.full_name
            raise ContractBroken(f"the server has sent bytes that are not a valid {name}") from None
