"""What the tests of bundles share: requests to each capability, and all that a call answers."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import numpy as np

from bridge.v1 import media_pb2
from tests.capabilities.inference.rig import request
from tests.capabilities.recognition.test_recognition import frame as camera_frame
from tests.serving.bundles import parts_of
from tests.serving.client import (
    EOF,
    ask,
    look,
    say,
)
from tests.wire.outcomes import STREAMS

SIDE = 16
FRAME_BYTES = SIDE * SIDE * 4
SMALL = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_RGB24, data=bytes(SIDE * SIDE * 3), width=SIDE, height=SIDE)
X = np.array([1.5, -2.0], np.float32)


def bare(message: Any) -> Any:
    """A message without what differs from one run to the next."""
    message = type(message).FromString(message.SerializeToString())
    for field, value in message.ListFields():
        if field.name == "timing" or field.name.endswith("_micros"):
            message.ClearField(field.name)
        elif field.message_type is not None and not field.is_repeated:
            value.CopyFrom(bare(value))
    return message


def counted(messages: Sequence[Any]) -> Counter[bytes]:
    return Counter(bare(message).SerializeToString(deterministic=True) for message in messages)


async def to_the_end(call: Any) -> list[Any]:
    """All messages of a call that is told nothing more."""
    await call.done_writing()
    messages = []
    async with asyncio.timeout(20.0):
        while (message := await call.read()) is not EOF:
            messages.append(message)
    assert await call.code() == grpc.StatusCode.OK
    return messages


async def all_parts(call: Any) -> list[Any]:
    """The same, taken out of their bundles."""
    return [part for message in await to_the_end(call) for part in parts_of(message)]


@dataclass(frozen=True)
class Case:
    """Requests to a capability, and how many answers they get; `wrong` is one that gets a status."""

    port: int
    name: str
    requests: Sequence[Any]
    wrong: Any
    answers: int

    @property
    def kind(self) -> Any:
        return STREAMS[self.name]

    async def open(self, client: Any) -> Any:
        return await getattr(client, f"open_{self.name}")()


REQUESTS: dict[str, tuple[Sequence[Any], Any, int]] = {
    "avatars": (
        [*(look(slot, seed=slot) for slot in range(6)), *(ask(slot + 1, slot) for slot in range(6))],
        ask(1, 9),
        6,
    ),
    "dialogue": ([say("hello there", 1, "smith"), say("count 3", 4, "miller")], say("", 1, "baker"), 12),
    "recognition": (
        [camera_frame(1, image=SMALL, slot=slot) for slot in range(3)],
        camera_frame(1, image=SMALL, slot=64),
        6,
    ),
    "inference": (
        [request("told", index, slot=index % 3, x=X * index) for index in range(1, 9)],
        request("told", 10**6, x=np.zeros(3, np.float32)),
        8,
    ),
}
