"""Back-pressure of one slot: never more frames under way than may be, however they were begun."""

import asyncio
from dataclasses import dataclass

from bridge.streams.frame_flow import FrameFlow


@dataclass
class Frame:
    index: int
    due: float = 60.0
    started: bool = False


class Slot:
    """A flow, and what has become of its frames."""

    def __init__(self, limit: int = 2) -> None:
        self.begun: list[int] = []
        self.sent: list[int] = []
        self.superseded: list[int] = []
        self.refused: list[int] = []
        self.flow = FrameFlow(
            limit,
            lambda: 0.0,
            lambda frame: self.begun.append(frame.index),
            lambda frame: self.sent.append(frame.index),
            lambda frame: self.superseded.append(frame.index),
            lambda frame: self.refused.append(frame.index),
        )

    def made(self, frame: Frame) -> None:
        self.flow.send(frame)


def test_frames_begun_before_the_others_were_sent_wait_for_the_acknowledgement() -> None:
    async def scenario() -> None:
        slot, frames = Slot(), [Frame(index) for index in (1, 2, 3)]
        for frame in frames:
            slot.flow.ask(frame)  # none has started as far as is known here
        assert slot.begun == [1, 2, 3]
        for frame in frames:
            slot.made(frame)
        assert slot.sent == [1, 2], "two may be under way, whatever has been made"
        slot.flow.acknowledge(1)
        assert slot.sent == [1, 2, 3]
        slot.flow.drop_held()

    asyncio.run(scenario())


def test_two_that_have_started_leave_no_room_for_a_third() -> None:
    async def scenario() -> None:
        slot = Slot()
        first, second, third = (Frame(index) for index in (1, 2, 3))
        slot.flow.ask(first)
        first.started = True
        slot.flow.ask(second)
        second.started = True
        assert slot.flow.blocked
        slot.flow.ask(third)
        assert slot.begun == [1, 2]
        slot.made(first)
        slot.flow.acknowledge(1)
        assert slot.begun == [1, 2, 3]
        slot.flow.drop_held()

    asyncio.run(scenario())


def test_a_frame_that_is_made_makes_way_for_a_newer_request() -> None:
    async def scenario() -> None:
        slot, frames = Slot(), [Frame(index) for index in (1, 2, 3)]
        for frame in frames:
            slot.flow.ask(frame)
        for frame in frames:
            slot.made(frame)
        slot.flow.ask(Frame(4))
        assert slot.superseded == [3]
        slot.flow.acknowledge(2)
        assert (slot.sent, slot.begun) == ([1, 2], [1, 2, 3, 4])
        slot.flow.drop_held()

    asyncio.run(scenario())


def test_one_that_is_made_while_a_newer_request_waits_is_superseded() -> None:
    async def scenario() -> None:
        slot, frames = Slot(), [Frame(index) for index in (1, 2, 3)]
        for frame in frames:
            slot.flow.ask(frame)
        slot.made(frames[0])
        slot.made(frames[1])
        slot.flow.ask(Frame(4))
        slot.made(frames[2])
        assert (slot.sent, slot.superseded) == ([1, 2], [3])
        slot.flow.drop_held()

    asyncio.run(scenario())


def test_one_that_is_made_and_waits_in_vain_is_refused() -> None:
    async def scenario() -> None:
        slot, frames = Slot(), [Frame(index, due=0.0) for index in (1, 2, 3)]
        for frame in frames:
            slot.flow.ask(frame)
        for frame in frames:
            slot.made(frame)
        for _ in range(20):  # turns of the loop, which has a timer that is due
            await asyncio.sleep(0)
        assert (slot.sent, slot.refused) == ([1, 2], [3])
        slot.flow.acknowledge(2)
        assert slot.sent == [1, 2]

    asyncio.run(scenario())
