"""The outbox and its writer, turn by turn of the loop: no answer waits that could be written, none is kept for ever."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bridge.config import Limits
from bridge.errors import BridgeError, Overloaded
from bridge.streams.outbox import STATUS_BYTES, Entry, Made, Outbox
from bridge.v1 import avatar_pb2
from bridge.wire.bundles import MOST_BYTES, MOST_PARTS, PART_BYTES, Joiner
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

    def __init__(self, limit: int = 8, joiner: Joiner | None = None) -> None:
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
            joiner,
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
        idle = Desk()
        await turns()
        idle.outbox.close()
        await turns()
        assert idle.writer.done(), "also one that sleeps"

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


# -- bundles ---------------------------------------------------------------------------------------------------------


def bundler(limit: int = 256) -> Desk:
    """A desk whose client has agreed to bundles, and has been sent `opened`, which comes by itself."""
    desk = Desk(limit, Joiner(avatar_pb2.StreamAvatarResponse))
    desk.outbox.put(Made(lambda: [b"opened"]))
    return desk


class Told(Droppable):
    """An answer in bytes that says what became of it."""

    def __init__(self, message: bytes, key: str | None = None) -> None:
        super().__init__("", key)
        self._bytes = message

    def send(self) -> list[Any]:
        return [self._bytes]

    def replaced(self) -> list[Any]:
        return [self._bytes + b" is replaced"]

    def dropped(self, why: BridgeError) -> list[Any]:
        return [self._bytes + b" is dropped"]


def parts(message: bytes, among: set[bytes]) -> list[bytes]:
    """What is in a message that is not one of these by itself."""
    return [message] if message in among else list(avatar_pb2.StreamAvatarResponse.FromString(message).bundle.parts)


def test_what_waits_for_the_transport_goes_as_one_message() -> None:
    async def play() -> None:
        desk = bundler()
        answers = [bytes((number,)) * 10 for number in range(5)]
        for answer in answers:
            desk.outbox.put(Made(lambda answer=answer: [answer], size=10_000))
        await turns()
        opened, bundle = desk.written
        assert opened == b"opened"
        assert parts(bundle, set()) == answers
        desk.outbox.put(Made(lambda: [b"alone"]))
        await turns()
        assert desk.written[2:] == [b"alone"], "a lone answer does not wait"
        assert (desk.unread.total, desk.outbox.holding.droppable) == (0, 0)

    played(play)


def test_large_answers_keep_their_place_between_bundles() -> None:
    async def play() -> None:
        desk = bundler()
        sizes = [20, 30, PART_BYTES + 1, 40, PART_BYTES, 50, PART_BYTES + 2, PART_BYTES + 3, 60]
        answers = [bytes((number,)) * size for number, size in enumerate(sizes)]
        for answer in answers:
            desk.outbox.put(Made(lambda answer=answer: [answer]))
        await turns()
        sent = [parts(message, set(answers)) for message in desk.written[1:]]
        assert [part for several in sent for part in several] == answers
        assert [len(several) for several in sent] == [2, 1, 3, 1, 1, 1]

    played(play)


def test_a_bundle_is_bounded_in_parts_and_in_bytes() -> None:
    async def play() -> None:
        for size, most in ((1, MOST_PARTS), (1000, 1 + MOST_BYTES // 1000)):
            desk = bundler(limit=400)
            answers = [number.to_bytes(2, "big") + bytes(size) for number in range(300)]
            for answer in answers:
                desk.outbox.put(Made(lambda answer=answer: [answer], size=0))
            await turns()
            sent = [parts(message, set(answers)) for message in desk.written[1:]]
            assert [part for several in sent for part in several] == answers
            assert max(len(several) for several in sent) in (most, most - 1)

    played(play)


def test_an_entry_of_several_messages_is_split_where_a_bundle_is_full() -> None:
    async def play() -> None:
        desk = bundler()
        skipped = [number.to_bytes(2, "big") for number in range(121)]
        desk.outbox.put(Made(lambda: [b"first"]))
        desk.outbox.put(Made(lambda: skipped))
        await turns()
        sent = [parts(message, set()) for message in desk.written[1:]]
        assert [part for several in sent for part in several] == [b"first", *skipped]
        assert [len(several) for several in sent] == [64, 58]

    played(play)


def test_what_is_dropped_or_replaced_while_a_bundle_is_written_goes_in_the_next() -> None:
    async def play() -> None:
        desk = bundler()
        await turns()
        desk.takes.clear()
        for name in (b"one", b"two", b"three"):  # are being written
            desk.outbox.put(Told(name))
        await turns()
        for name in (b"four", b"five"):
            desk.outbox.put(Told(name, "slot"))
        assert desk.outbox.drop_oldest()
        assert not desk.outbox.drop_oldest(), "what is being written can no longer be dropped, nor what is a status"
        desk.takes.set()
        await turns()
        sent = [part for message in desk.written[1:] for part in parts(message, set())]
        assert sent == [b"one", b"two", b"three", b"four is replaced", b"five is dropped"]
        assert (desk.unread.total, desk.outbox.holding.droppable) == (0, 0)

    played(play)


def test_opened_is_in_no_bundle_though_more_waits() -> None:
    async def play() -> None:
        desk = bundler()
        desk.outbox.put(Made(lambda: [b"status"]))
        desk.outbox.put(Made(lambda: [b"frame"]))
        await turns()
        assert desk.written[0] == b"opened"
        assert parts(desk.written[1], set()) == [b"status", b"frame"]

    played(play)


def test_without_an_agreement_each_answer_is_a_message() -> None:
    async def play() -> None:
        desk = Desk()
        for message in ("one", "two", "three"):
            desk.put(message)
        await turns()
        assert desk.written == ["one", "two", "three"]

    played(play)
