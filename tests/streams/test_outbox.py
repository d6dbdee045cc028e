"""The outbox and its writer, turn by turn of the loop: no answer waits that could be written, none is kept for ever."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bridge.config import Limits
from bridge.errors import BridgeError, Overloaded
from bridge.streams.outbox import STATUS_BYTES, Entry, Made, Outbox
from bridge.wire.unread import Unread

_TURNS = 20  # of the loop: more than any of this takes


class Droppable(Entry):
    """An answer that may be replaced or dropped, which then says so."""

    __slots__ = ("message",)

    def __init__(self, message: str, key: str | None = None, size: int = 10_000) -> None:
        super().__init__(key, size, droppable=True)
        self.message = message

    def send(self) -> list[str]:
        return [self.message]

    def replaced(self) -> list[str]:
        return [f"{self.message} is gone"]

    def dropped(self, why: BridgeError) -> list[str]:
        return [f"{self.message} is gone"]


class Desk:
    """An outbox, a transport that takes a message whenever it is let, and what came of it."""

    def __init__(self, limit: int = 8) -> None:
        self.unread = Unread(Limits())
        self.overflows: list[str] = []
        self.quiet = 0
        self.written: list[Any] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.outbox = Outbox(
            limit,
            lambda drop: self.unread.open("identity", "session", drop),
            lambda error: self.overflows.append(str(error)),
            self._note_quiet,
        )
        self.writer = asyncio.create_task(self.outbox.run(self._write))

    def _note_quiet(self) -> None:
        self.quiet += 1

    async def _write(self, message: Any) -> None:
        await self.takes.wait()
        self.written.append(message)

    def put(self, message: str, key: str | None = None, size: int = 10_000) -> None:
        self.outbox.put(Droppable(message, key, size))


def played(play: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def scenario() -> None:
        await play()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(scenario())


async def turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def test_an_entry_wakes_the_writer_that_sleeps() -> None:
    async def play() -> None:
        desk = Desk()
        await turns()
        assert desk.quiet == 1
        for message in ("one", "two"):
            desk.put(message)
            await turns()
            assert desk.written[-1:] == [message]
        assert desk.outbox.empty
        assert desk.quiet == 3
        assert (desk.unread.total, desk.outbox.holding.droppable) == (0, 0)

    played(play)


def test_of_two_unsent_entries_of_a_key_the_older_goes_as_a_status() -> None:
    async def play() -> None:
        desk = Desk()
        desk.takes.clear()
        desk.put("first", "slot")
        await turns()  # it is being written
        for message in ("older", "newer"):
            desk.put(message, "slot")
        desk.put("other", "another slot")
        assert desk.unread.total == 3 * 10_000 + STATUS_BYTES
        desk.takes.set()
        await turns()
        assert desk.written == ["first", "older is gone", "newer", "other"]
        assert (desk.unread.total, desk.outbox.holding.droppable) == (0, 0)

    played(play)


def test_what_is_not_read_is_bounded_in_entries() -> None:
    async def play() -> None:
        desk = Desk(limit=3)
        desk.takes.clear()
        for number in range(10):
            desk.outbox.put(Made(lambda: [b""]))
            assert len(desk.outbox._entries) <= 3, number
        assert desk.overflows == ["3 answers are queued unread; read the stream faster"], "told once"
        assert desk.unread.total == 0

    played(play)


def test_the_payload_that_has_waited_longest_makes_room() -> None:
    async def play() -> None:
        desk = Desk()
        for message in ("one", "two"):
            desk.put(message)
        assert desk.outbox.drop_oldest()
        assert desk.unread.total == 10_000 + STATUS_BYTES
        assert desk.outbox.drop_oldest()
        assert not desk.outbox.drop_oldest(), "a status is needed"
        await turns()
        assert desk.written == ["one is gone", "two is gone"]
        assert (desk.unread.total, desk.outbox.holding.droppable) == (0, 0)

    played(play)


def test_a_closed_outbox_writes_what_waits_and_takes_no_more() -> None:
    async def play() -> None:
        desk = Desk()
        desk.put("one")
        desk.outbox.close()
        desk.put("two")
        await turns()
        assert desk.written == ["one"]
        assert desk.writer.done(), "and its writer ends"

    played(play)


def test_a_status_that_finds_no_room_ends_the_stream() -> None:
    async def play() -> None:
        desk = Desk(limit=1 << 30)
        desk.takes.clear()
        while not desk.overflows:
            desk.outbox.put(Made(lambda: [b""], size=1 << 20))
        assert isinstance(desk.overflows[0], str)
        assert "have not been read" in desk.overflows[0]
        assert desk.unread.total == 0

    played(play)


def test_an_entry_that_is_too_large_says_so_in_its_place() -> None:
    async def play() -> None:
        desk, said = Desk(), list[BridgeError]()

        class Large(Droppable):
            def dropped(self, why: BridgeError) -> list[str]:
                said.append(why)
                return ["too large"]

        desk.outbox.put(Large("large", size=1 << 40))
        await turns()
        assert desk.written == ["too large"]
        assert isinstance(said[0], Overloaded)

    played(play)
