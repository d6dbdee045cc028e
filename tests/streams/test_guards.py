"""Guards that nothing else would miss, over the wire: what is stale or late is not sent, and what was learned is kept.

The order comes from gates before the services and before the transport, the time from clocks of the test's own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.streams.outbox import Outbox
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.request import clock
from models.avatar.look import blend, conditions, look_from_seed
from tests.capabilities.avatar.test_avatar import pixels, settled
from tests.capabilities.dialogue.test_dialogue import texts
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT
from tests.capabilities.recognition.test_recognition import frame as picture
from tests.conftest import Run
from tests.serving.client import A, ask, connected, look, read, say, until_done
from tests.serving.fakes import shade
from tests.serving.server import FakeServer, serving
from tests.waiting import until


class Held:
    """What jobs come to, held back between the engine and the services while `holding`."""

    def __init__(self, server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.holding = False
        self._late: list[Callable[[], None]] = []
        self._submit = server.backend.engine.submit
        monkeypatch.setattr(server.backend.engine, "submit", self._take)

    def _take(self, job: Any, heard: Callable[[Any], None]) -> None:
        hold = self.holding
        self._submit(job, lambda outcome: self._late.append(lambda: heard(outcome)) if hold else heard(outcome))

    async def come(self) -> None:
        """One is held back, and no more will be."""
        await until(lambda: self._late)
        self.holding = False

    def let(self) -> None:
        self._late.pop()()


def test_a_frame_that_a_newer_one_has_overtaken_is_not_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            held, call = Held(server, monkeypatch), await client.open_avatars()
            await call.write(look())
            held.holding = True
            await call.write(ask(1))
            await held.come()
            await call.write(ask(2))
            assert (await read(call)).frame.frame_index == 2
            held.let()
            status = (await read(call)).status
            assert status.frame_index == 1
            assert status.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
            await call.write(ask(3))  # what was not sent is not under way
            assert (await read(call)).frame.frame_index == 3

    run(scenario())


def test_a_result_that_a_newer_one_has_overtaken_is_not_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            held, call = Held(server, monkeypatch), await client.open_recognition()
            held.holding = True
            await call.write(picture(1, DETECT))
            await held.come()
            await call.write(picture(2, CLASSIFY))  # another kind overtakes nothing
            assert (await read(call)).result.frame_index == 2
            await call.write(picture(3, DETECT))
            assert (await read(call)).result.frame_index == 3
            held.let()
            status = (await read(call)).status
            assert (status.frame_index, status.kind) == (1, DETECT)
            assert status.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED

    run(scenario())


def test_an_answer_that_became_late_on_its_way_out_is_a_status(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    late = 0.0
    monkeypatch.setattr("bridge.streams.delivery.clock", lambda: clock() + late)

    async def scenario() -> None:
        nonlocal late
        async with serving() as server, connected(server.port) as client:
            call, cameras = await client.open_avatars(), await client.open_recognition()
            await call.write(look())
            late = 100.0
            for index in (1, 2, 3, 4):  # more than may be under way: none of these is
                await call.write(ask(index))
                outcome = (await read(call)).status.outcome
                assert outcome.disposition == error_pb2.DISPOSITION_MISSED
                assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_MISSED
                assert outcome.over_micros > 80_000_000
            await cameras.write(picture(1, DETECT))
            assert (await read(cameras)).status.outcome.disposition == error_pb2.DISPOSITION_MISSED
            late = 0.0
            await call.write(ask(5))
            assert (await read(call)).frame.frame_index == 5

    run(scenario())


@asynccontextmanager
async def unread(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """The transport takes nothing until the event is set."""
    taking, run = asyncio.Event(), Outbox.run
    taking.set()

    async def held(outbox: Outbox, write: Any) -> None:
        async def when_taking(message: Any) -> None:
            await taking.wait()
            await write(message)

        await run(outbox, when_taking)

    monkeypatch.setattr(Outbox, "run", held)
    yield taking
    taking.set()


def test_the_newer_of_two_unsent_frames_replaces_the_older(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with unread(monkeypatch) as taking, serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            (stream,) = server.backend.streams
            for message in (look(), look(slot=1)):
                await call.write(message)
            taking.clear()
            await call.write(
                A.StreamAvatarRequest(unsubscribe=A.AvatarUnsubscribe(slot=-1))
            )  # its status is in the way
            for waiting, message in enumerate((ask(1), ask(1, slot=1), ask(2)), 1):
                await call.write(message)
                await until(lambda waiting=waiting: len(stream.outbox._entries) == waiting)
            taking.set()
            assert (await read(call)).status.slot == -1
            older, other, newer = [await read(call) for _ in range(3)]
            assert older.status.frame_index == 1
            assert older.status.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
            assert (other.frame.slot, other.frame.frame_index) == (1, 1)
            assert (newer.frame.slot, newer.frame.frame_index) == (0, 2)
            await call.write(ask(3))  # the one that was replaced is not under way
            assert (await read(call)).frame.frame_index == 3

    run(scenario())


SENTENCES = {
    "a title": ("Ask Mr. Smith now. He knows.", ["You said: Ask Mr. Smith now.", "He knows."]),
    "a title in capitals": ("Ask DR. Smith. Go.", ["You said: Ask DR. Smith.", "Go."]),
    "two dots in one": ("Bring tools, e.g. Hammers. Go.", ["You said: Bring tools, e.g. Hammers.", "Go."]),
    "initials": ("It is J. R. Hartley. Yes.", ["You said: It is J. R. Hartley.", "Yes."]),
    "I is no initial": ("So am I. Really.", ["You said: So am I.", "Really."]),
    "a number": ("Pay No. 5 first. No. Wait.", ["You said: Pay No. 5 first.", "No.", "Wait."]),
    "a list": ("Listen!\n1. First one.\n2. Next.", ["You said: Listen!", "1. First one.", "2. Next."]),
    "small letters": ("Well... maybe. Yes.", ["You said: Well... maybe.", "Yes."]),
    "decimals": ("It costs 3.5 gold. Take it.", ["You said: It costs 3.5 gold.", "Take it."]),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_a_dot_inside_a_sentence_does_not_end_it(
    run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    said, expected = SENTENCES[case]
    words = [word if place == 0 else f" {word}" for place, word in enumerate(f"You said: {said}".split(" "))]
    monkeypatch.setattr("tests.serving.fakes.script", lambda text: words)  # which keeps line breaks

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say(said))
            assert texts(await until_done(call), "sentence") == expected

    run(scenario())


def test_a_morph_is_on_its_way_until_its_time_is_over(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    start = now = clock()
    for module in ("streams.stream", "capabilities.avatar.service", "capabilities.avatar.frames"):
        monkeypatch.setattr(f"bridge.{module}.clock", lambda: now)

    async def scenario() -> None:
        nonlocal now
        old, new, newest = (conditions(look_from_seed(seed)) for seed in (1, 2, 5))
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()

            async def shown(index: int, at: float) -> int:
                nonlocal now
                now = start + at
                await call.write(ask(index, received=index - 1))
                return int(pixels((await read(call)).frame)[1, 0, 0])

            await settled(call, look(seed=1), look(seed=2, morph_micros=1_000_000))
            half, quarter = blend(old, new, 0.5), blend(old, new, 0.25)
            expected = [shade(old), shade(quarter), shade(half)]
            assert len({*expected, shade(new)}) == 4
            assert [await shown(index, at) for index, at in ((1, 0.0), (2, 0.25), (3, 0.5))] == expected
            await settled(call, look(seed=5, morph_micros=1_000_000))  # from where it is by now
            assert await shown(4, 0.5) == shade(half)
            assert await shown(5, 1.0) == shade(blend(half, newest, 0.5))
            assert await shown(6, 1.5) == await shown(7, 9.0) == shade(newest)

    run(scenario())


def test_a_persona_stays_until_another_is_sent(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            told = []
            for turn, persona in enumerate(("", "A smith.", "", "A thief.", ""), 1):
                await call.write(say("hello", turn=turn, persona=persona))
                await until_done(call)
                told.append([text for role, text in fake.fakes.dialogue.prompts[-1] if role == "system"])
            assert told == [[], ["A smith."], ["A smith."], ["A thief."], ["A thief."]]

    run(scenario())


@pytest.mark.parametrize(("ways", "expected"), [((10, 10), 9_000), ((2, 18), 14_000)], ids=["even", "uneven"])
def test_so_much_is_taken_off_the_budget_as_most_ways_take(
    run: Run, monkeypatch: pytest.MonkeyPatch, ways: tuple[int, int], expected: int
) -> None:
    """The mean and the deviation: of an even way the one tells all, of an uneven one half."""
    late = 0.0
    monkeypatch.setattr("bridge.streams.delivery.clock", lambda: clock() + late)

    async def scenario() -> None:
        nonlocal late
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            for index in range(1, 81):
                late = ways[index % 2] / 1000
                await call.write(ask(index, received=index - 1))
                assert (await read(call)).frame.frame_index == index
            late = 0.0
            brief = timing_pb2.Budget(budget_micros=expected, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY)
            await call.write(ask(81, received=80, budget=brief))
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.timing.compute_micros == 0  # nobody tried

    run(scenario())


def test_the_time_from_the_device_to_the_transport_is_learned(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    late = 0.0
    monkeypatch.setattr("bridge.streams.delivery.clock", lambda: clock() + late)
    brief = timing_pb2.Budget(budget_micros=20_000, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY)

    async def scenario() -> None:
        nonlocal late
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            late = 1.0  # each answer takes a second from the device to the transport
            for index in range(1, 41):
                await call.write(ask(index, received=index - 1))
                assert (await read(call)).frame.frame_index == index
            late, learned = 0.0, server.backend.delivery_times["avatar"]
            assert learned.seconds == 0.030  # and no more, however long it took
            await call.write(ask(41, received=40, budget=brief))
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.timing.compute_micros == 0  # nobody tried
            for index in range(42, 300):  # what is refused teaches nothing, so a little less is expected each time
                if learned.seconds < 0.010:
                    break
                await call.write(ask(index, received=index - 1, budget=brief))
                await read(call)
            assert learned.seconds < 0.010
            await call.write(ask(300, received=299))
            assert (await read(call)).frame.frame_index == 300

    run(scenario())
