"""Counts over the wire: by session and by stage, what is forgotten with a session, and what clients tell themselves."""

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.observe.stats import MOST_NAMES, OTHER_NAMES, Stats, printable
from bridge.streams.late_counts import LateCounts
from bridge.v1 import bridge_pb2, error_pb2, timing_pb2
from tests.capabilities.avatar.test_avatar import settled
from tests.capabilities.recognition.test_recognition import CLASSIFY, frame
from tests.conftest import Run
from tests.serving.client import A, Client, acknowledge, ask, connected, look, read, say, until_done
from tests.serving.server import FakeServer, serving

WAIT_SECONDS = 10.0


class Gate(threading.Event):
    """Holds the dialogue model's slices until it is set, and tells when the first one stands before it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.reached.set()
        return super().wait(timeout)


@asynccontextmanager
async def dialogue_in_the_way(server: FakeServer, client: Client) -> Any:
    """The device is in a slice of the dialogue model meanwhile; yields the stream whose reply it is."""
    gate = server.fakes.dialogue.pace = Gate()
    try:
        call = await client.open_dialogue()
        await call.write(say("hello"))
        assert await asyncio.to_thread(gate.reached.wait, WAIT_SECONDS)
        yield call
    finally:
        gate.set()


async def passed(client: Client, micros: int) -> None:
    """Return when the server's clock has gone on by that much."""
    now = (await client.stats()).uptime_micros
    await client.stats_until(lambda stats: stats.uptime_micros > now + micros)


def work_of(stats: Any, work: str) -> bridge_pb2.WorkStats:
    """Of a server's or of a client's counts; all zero where there are none."""
    found: bridge_pb2.WorkStats = next((one for one in stats.work if one.name == work), bridge_pb2.WorkStats())
    return found


def client_of(stats: bridge_pb2.GetStatsResponse, client: Client) -> bridge_pb2.ClientStats:
    (found,) = [one for one in stats.clients if one.session == client.session[:8]]
    return found


def stages(work: bridge_pb2.WorkStats) -> dict[tuple[int, str], int]:
    return {(one.stage, one.blocked_by): one.count for one in work.late_stages}


def test_a_frame_that_another_model_has_kept_waiting_names_it_and_is_counted_for_its_client(run: Run) -> None:
    async def scenario() -> None:
        async with (
            serving() as server,
            connected(server.port, client_name="talker") as talker,
            connected(server.port, client_name="painter") as painter,
        ):
            call = await painter.open_avatars()
            async with dialogue_in_the_way(server, talker) as dialogue:
                await settled(call, look(), ask(1, budget=timing_pb2.Budget(budget_micros=20_000)))
                await passed(painter, 40_000)
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert (outcome.stage, outcome.blocked_by) == (timing_pb2.STAGE_BLOCKED, "dialogue")
            assert "blocked by dialogue" in outcome.error.message
            assert outcome.timing.blocked_micros > 20_000
            await until_done(dialogue)
            await call.write(ask(2))
            assert (await read(call)).frame.frame_index == 2

            stats = await painter.stats()
            mine, other = client_of(stats, painter), client_of(stats, talker)
            assert (mine.client_name, other.client_name) == ("painter", "talker")
            for work in (work_of(mine, "avatar"), work_of(stats, "avatar")):
                assert (work.request_count, work.in_budget_count, work.refused_count) == (2, 1, 1)
                assert stages(work) == {(timing_pb2.STAGE_BLOCKED, "dialogue"): 1}
                assert [(one.rung, one.count) for one in work.rungs] == [("avatar.64", 1)]
                assert work.p99_micros >= work.p50_micros > 0
                assert work.mean_batch == 1
            assert [work.name for work in mine.work] == ["avatar"]
            assert [work.name for work in other.work] == ["dialogue"]
            assert work_of(other, "dialogue").in_budget_count == 1

    run(scenario())


def test_a_first_token_that_comes_late_names_its_stage(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            gate = server.fakes.dialogue.pace = Gate()
            call = await client.open_dialogue()
            await call.write(say("hello", budget=timing_pb2.Budget(budget_micros=20_000)))
            assert await asyncio.to_thread(gate.reached.wait, WAIT_SECONDS)
            await passed(client, 40_000)
            gate.set()
            await until_done(call)
            work = work_of(await client.stats(), "dialogue")
            assert work.in_budget_count == 0
            assert sum(one.count for one in work.rungs) == 1
            assert stages(work) == {(timing_pb2.STAGE_COMPUTE, ""): 1}

    run(scenario())


def test_a_session_is_forgotten_with_its_counts_and_the_totals_go_on(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server:
            async with connected(server.port) as first:
                call = await first.open_avatars()
                await call.write(look())
                await call.write(ask(1))
                await read(call)
                assert work_of(client_of(await first.stats(), first), "avatar").in_budget_count == 1
            async with connected(server.port) as second:
                stats = await second.stats()
                assert [one.session for one in stats.clients] == [second.session[:8]]
                assert not stats.clients[0].work
                assert work_of(stats, "avatar").in_budget_count == 1

    run(scenario())


def test_a_client_that_comes_back_goes_on_counting_under_its_new_name(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server, connected(server.port, client_name="old") as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            assert (await read(call)).frame.frame_index == 1
            await client.handshake(resume_session_id=client.session, client_name="new\x1b[2J")
            await call.write(ask(2, received=1))
            assert (await read(call)).frame.frame_index == 2
            mine = client_of(await client.stats(), client)
            assert mine.client_name == "new?[2J"
            assert work_of(mine, "avatar").in_budget_count == 2
            named = {
                name: counters.answers for name, work, counters in server.backend.stats.by_name() if work == "avatar"
            }
            assert named == {"old": 1, "new?[2J": 1}

    run(scenario())


def test_a_budget_that_the_link_alone_takes_is_the_links_fault(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1, budget=timing_pb2.Budget(budget_micros=16_000, link_micros=17_000)))
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.stage == timing_pb2.STAGE_TRANSPORT
            assert "due to transport to the client" in outcome.error.message

    run(scenario())


def test_a_request_that_waits_for_acknowledgements_in_vain_is_the_links_fault_too(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            for index in (1, 2):
                await call.write(ask(index))
                await read(call)
            await call.write(ask(3, budget=timing_pb2.Budget(budget_micros=5_000)))
            outcome = (await read(call)).status.outcome
            assert (outcome.disposition, outcome.stage) == (error_pb2.DISPOSITION_REFUSED, timing_pb2.STAGE_TRANSPORT)
            assert stages(work_of(client_of(await client.stats(), client), "avatar")) == {(outcome.stage, ""): 1}

    run(scenario())


def test_a_reply_that_finds_no_room_waits_for_nothing_else(run: Run) -> None:
    async def scenario() -> None:
        async with serving(dialogue_slots=1) as server, connected(server.port) as client:
            async with dialogue_in_the_way(server, client) as call:
                server.fakes.dialogue.room = 100  # which the one that is being answered takes
                await call.write(say("hello", conversation="too many"))
                while (event := await read(call)).WhichOneof("event") != "done":
                    pass
            assert event.conversation_id == "too many"
            assert event.done.outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert event.done.outcome.stage == timing_pb2.STAGE_QUEUE
            assert stages(work_of(await client.stats(), "dialogue")) == {(timing_pb2.STAGE_QUEUE, ""): 1}

    run(scenario())


# -- late by the client's clock ----------------------------------------------------------------------------------------


def test_counters_are_told_as_differences_and_begin_anew_when_they_fall() -> None:
    counts = LateCounts()
    assert [counts.increase(3, told) for told in (0, 2, 2, 5)] == [0, 2, 0, 3]
    assert [counts.increase(3, told) for told in (1, 1, 0, 2)] == [1, 0, 0, 1], "0 is what a message without it says"
    assert counts.increase(4, 7) == 7


def test_frames_that_were_late_at_the_client_are_counted(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:

            async def late() -> tuple[int, int]:
                stats = await client.stats()
                mine = work_of(client_of(stats, client), "avatar")
                return mine.late_at_client_count, work_of(stats, "avatar").late_at_client_count

            call = await client.open_avatars()
            await call.write(look())
            for index, told in enumerate((0, 1, 1, 2), 1):
                await call.write(ask(index, received=index - 1, late_frame_count=told))
                assert (await read(call)).frame.frame_index == index
            assert await late() == (2, 2)
            again = await client.open_avatars()  # a new stream: its counter begins anew
            late_ack = A.StreamAvatarRequest(
                acknowledge=A.AvatarAcknowledge(slot=0, last_received_index=4, late_frame_count=1)
            )
            await settled(again, late_ack, late_ack)
            assert await late() == (3, 3)
            boast = A.StreamAvatarRequest(
                acknowledge=A.AvatarAcknowledge(slot=0, last_received_index=4, late_frame_count=4)
            )
            await settled(again, boast)  # four were sent in all
            assert await late() == (4, 4)

    run(scenario())


@pytest.mark.parametrize("count", [-1, 2, 2**62])
def test_a_counter_that_cannot_be_is_refused(run: Run, fake: FakeServer, count: int) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            await read(call)
            wrong = acknowledge(1)
            wrong.acknowledge.late_frame_count = count
            (answer,) = await settled(call, wrong)
            assert answer.status.outcome.error.reason == error_pb2.ERROR_REASON_OUT_OF_RANGE
            assert f"late_frame_count is {count:g}; send a value from 0 to 1" in answer.status.outcome.error.message

    run(scenario())


def test_results_that_were_late_at_the_client_are_counted(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_recognition()
            for index in (1, 2):
                await call.write(frame(index, CLASSIFY, late_result_count=index - 1))
                assert (await read(call)).result.frame_index == index
            await call.write(frame(3, CLASSIFY, late_result_count=-3))
            assert "late_result_count" in (await read(call)).status.outcome.error.message
            assert work_of(client_of(await client.stats(), client), "classify").late_at_client_count == 1

    run(scenario())


# -- names -------------------------------------------------------------------------------------------------------------


def test_only_so_many_names_are_told_apart() -> None:
    stats = Stats(("avatar", "detect"))
    for number in range(MOST_NAMES + 8):
        stats.client(f"client {number}").asked("avatar")
    names = {name for name, _, _ in stats.by_name()}
    assert len(names) == MOST_NAMES + 1
    assert {name: counters.requests for name, work, counters in stats.by_name() if work == "avatar"}[OTHER_NAMES] == 8
    assert stats.totals["avatar"].requests == MOST_NAMES + 8
    stats.client("client 3").asked("avatar")
    assert sum(counters.requests for name, _, counters in stats.by_name() if name == "client 3") == 2


def test_of_many_sessions_that_nobody_reads_nothing_is_lost() -> None:
    stats = Stats(("avatar", "detect"))
    sessions = [stats.client("village") for _ in range(600)]
    for _ in range(2):
        for counts in sessions:
            for work in ("avatar", "detect"):
                counts.asked(work)
                counts.answered(work, "best", 0.01, in_budget=True, cheaper=False)
    for counters in stats.totals.values():
        assert (counters.requests, counters.answers, sum(counters.buckets)) == (1200, 1200, 1200)
    assert {counts.own("avatar").requests for counts in sessions} == {2}


@pytest.mark.parametrize(
    ("name", "shown"), [("", "nameless"), (" \t", "?"), ("a\x1b[31m\nb", "a?[31m?b"), ("é", "é"), ("x" * 200, "x" * 64)]
)
def test_names_can_be_shown_anywhere(name: str, shown: str) -> None:
    assert printable(name) == shown
