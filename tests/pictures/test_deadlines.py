"""Pictures that wait for a decoder are refused or carried on at their deadline."""

import asyncio
import re
from typing import Any

import pytest

from bridge.client import BridgeClient, Recognized, Unanswered
from bridge.control import metrics
from bridge.control.metrics import text
from bridge.v1 import bridge_pb2, error_pb2, timing_pb2
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT, PNG, frame
from tests.conftest import Run
from tests.pictures.gate import (
    HELD_SECONDS,
    MINOR_1,
    RELAXED,
    SHORT,
    cameras,
    gated,
    heard,
    kept_bytes,
    png_of,
    until_taken,
)
from tests.serving.client import GENEROUS, read
from tests.serving.server import FakeServer


@pytest.mark.parametrize(("minor", "stage"), [(0, timing_pb2.STAGE_ENCODE), (1, timing_pb2.STAGE_DECODE)])
def test_a_picture_that_waits_past_its_time_is_refused_then_and_never_decoded(
    run: Run, monkeypatch: pytest.MonkeyPatch, minor: int, stage: Any
) -> None:
    """The worker is still busy when the refusal comes, so it is no worker that refuses."""

    async def scenario() -> None:
        async with gated(monkeypatch, identities="ab") as (server, gate):
            protocol = bridge_pb2.ProtocolVersion(major=1, minor=minor)
            async with cameras(server, 2, protocol=protocol) as (greedy, other):
                await greedy.write(frame(1, DETECT, image=png_of(4096, 4096)))
                await until_taken(gate, 1)
                await other.write(frame(1, image=png_of(70, 70), budget=SHORT))
                for _ in range(2):
                    outcome = (await read(other)).status.outcome
                    assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                    assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
                    assert outcome.stage == stage
                    assert "waiting while other clients' pictures were decoded" in outcome.error.message
                    decoding = outcome.timing.decode_micros if minor else outcome.timing.encode_micros
                    assert decoding > 0.5 * outcome.timing.server_micros
                assert gate.taken == [4096]
                gate.open()
                assert (await read(greedy)).result.frame_index == 1
                await other.write(frame(2, DETECT, image=png_of(71, 70)))
                assert (await read(other)).result.frame_index == 2
                assert gate.taken == [4096, 71]

    run(scenario())


def test_behind_its_own_pictures_a_client_is_told_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1, protocol=MINOR_1) as (call,):
            await call.write(frame(1, DETECT, image=png_of(100, 100)))
            await until_taken(gate, 1)
            await call.write(frame(1, DETECT, slot=1, budget=SHORT))
            status = (await read(call)).status
            assert status.slot == 1
            assert "earlier pictures of its own client" in status.outcome.error.message
            stats = await call.client.stats()
            (detect,) = [work for work in stats.work if work.name == "detect"]
            assert [(late.stage, late.count) for late in detect.late_stages] == [(timing_pb2.STAGE_DECODE, 1)]
            old = await call.client.stats(minor=0)
            told = [late.stage for work in (*old.work, *old.clients[0].work) for late in work.late_stages]
            assert set(told) == {timing_pb2.STAGE_ENCODE}  # which it knows
            counts = text(metrics.read(server.backend, server.server.servicers.values())).decode()
            assert re.search(r'framebridge_late_total{[^}]*stage="decode"[^}]*} 1.0', counts)
            gate.open()

    run(scenario())


@pytest.mark.parametrize("own", [True, False])
def test_what_was_seen_is_carried_on_at_the_deadline(run: Run, monkeypatch: pytest.MonkeyPatch, own: bool) -> None:
    """Whether the picture waits for a worker, or a worker is not done with it."""
    monkeypatch.setattr(
        "bridge.capabilities.recognition.waiting._LATE_SHARE", 0.95
    )  # so early that a busy machine sends it in time
    monkeypatch.setattr("bridge.capabilities.recognition.last_output.LONGEST_SECONDS", HELD_SECONDS)

    async def scenario() -> None:
        async with (
            gated(monkeypatch, identities="ab") as (server, gate),
            cameras(server, 2, protocol=MINOR_1) as (greedy, call),
        ):
            gate.let()
            await call.write(frame(1))
            for _ in range(2):
                assert not (await read(call)).result.carried
            if not own:
                await greedy.write(frame(1, DETECT, image=png_of(100, 100)))
                await until_taken(gate, 2)
            await call.write(frame(2, image=png_of(640, 480), budget=RELAXED))
            results = {(message := await read(call)).result.kind: message.result for _ in range(2)}
            for kind, rung in ((CLASSIFY, "repeat"), (DETECT, "carry")):
                assert results[kind].carried
                assert (results[kind].frame_index, results[kind].carried_from_index) == (2, 1)
                assert (results[kind].timing.rung, results[kind].timing.batch_size) == (rung, 0)
                assert results[kind].timing.rung_index > 0
                assert (results[kind].source_width, results[kind].source_height) == (640, 480)
                assert results[kind].timing.decode_micros > 0
            assert gate.taken == [64, 640 if own else 100]
            best = timing_pb2.Budget(budget_micros=300_000, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY)
            await call.write(frame(3, DETECT, budget=best))
            assert (await read(call)).status.outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
            gate.open()

    run(scenario())


def test_a_picture_that_takes_longer_than_its_budget_is_refused_on_arrival(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1, protocol=MINOR_1) as (call,):
            budget = timing_pb2.Budget(budget_micros=50_000)
            await call.write(frame(1, DETECT, image=png_of(4096, 4096), budget=budget))
            outcome = (await read(call)).status.outcome
            assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
            assert outcome.stage == timing_pb2.STAGE_DECODE
            assert "decoding the picture takes" in outcome.error.message
            assert "due to decoding its picture" in outcome.error.message
            assert gate.taken == []
            for index in range(2, 100):  # what is given up is expected to take a little less, so it is tried again
                await call.write(frame(index, DETECT, image=png_of(4096, 4096), budget=budget))
                if len(gate.taken):
                    break
                await read(call)
            assert len(gate.taken) == 1

    run(scenario())


@pytest.mark.parametrize("budget", [GENEROUS, SHORT])
def test_a_model_that_is_unloaded_while_a_picture_waits_is_said_to_be(
    run: Run, monkeypatch: pytest.MonkeyPatch, budget: Any
) -> None:
    """When a worker is free, or when its time is up; and of the next picture at once."""

    async def scenario() -> None:
        async with gated(monkeypatch, identities="ab") as (server, gate), cameras(server, 2) as (other, call):
            await other.write(frame(1, CLASSIFY, image=png_of(100, 100)))
            await until_taken(gate, 1)
            await call.write(frame(1, DETECT, budget=budget))
            await heard(call)
            await server.server.roster.unload("detector")
            if budget is GENEROUS:
                gate.open()
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            await call.write(frame(2, DETECT))
            assert (await read(call)).status.outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            gate.open()
            assert (await read(other)).result.frame_index == 1
            assert gate.taken == [100]
            assert kept_bytes() == 0

    run(scenario())


def test_a_picture_that_replaces_another_and_cannot_be_looked_at_leaves_nothing_behind(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1) as (call,):
            await call.write(frame(1, CLASSIFY, slot=1))
            await until_taken(gate, 1)
            await call.write(frame(1, DETECT))
            await heard(call)
            await server.server.roster.unload("detector")
            await call.write(frame(2, DETECT))
            reasons = {(await read(call)).status.outcome.error.reason for _ in range(2)}
            assert reasons == {error_pb2.ERROR_REASON_SUPERSEDED, error_pb2.ERROR_REASON_UNKNOWN_MODEL}
            assert server.backend.decoders.queued == 0
            gate.open()
            assert (await read(call)).result.slot == 1
            await call.write(frame(3, CLASSIFY))
            assert (await read(call)).result.frame_index == 3

    run(scenario())


def test_a_link_that_takes_the_whole_budget_is_to_blame_and_nothing_is_decoded(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether something was seen before or not: it could only come late."""

    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1, protocol=MINOR_1) as (call,):
            budget = timing_pb2.Budget(budget_micros=50_000, link_micros=60_000)
            for index in (1, 3):
                await call.write(frame(index, DETECT, budget=budget))
                outcome = (await read(call)).status.outcome
                assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                assert outcome.stage == timing_pb2.STAGE_TRANSPORT
                assert "decoding" not in outcome.error.message
                if index == 1:
                    gate.let()
                    await call.write(frame(2, DETECT))
                    assert (await read(call)).result.frame_index == 2
            assert gate.taken == [64]

    run(scenario())


@pytest.mark.parametrize("minor", [0, 1])
def test_decoding_is_a_part_of_its_own_for_those_who_know_it(run: Run, fake: FakeServer, minor: int) -> None:
    async def scenario() -> None:
        async with cameras(fake, 1, protocol=bridge_pb2.ProtocolVersion(major=1, minor=minor)) as (call,):
            await call.write(frame(1, DETECT))
            timing = (await read(call)).result.timing
            assert (timing.decode_micros > 0) == (minor == 1)
            assert timing.encode_micros > 0
            parts = timing.queue_micros + timing.batch_wait_micros + timing.blocked_micros + timing.compute_micros
            assert parts + timing.decode_micros + timing.encode_micros <= timing.server_micros + 5

    run(scenario())


def test_the_python_client_is_told_of_decoding(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with (
            gated(monkeypatch) as (server, gate),
            BridgeClient(f"127.0.0.1:{server.port}") as bridge,
            bridge.camera() as camera,
        ):
            gate.let()
            seen = await camera.detect(PNG.data, budget=10.0)
            assert isinstance(seen, Recognized)
            assert seen.timing.decode > 0
            waiting = asyncio.ensure_future(camera.detect(PNG.data, budget=10.0, slot=1))
            await until_taken(gate, 2)
            late = await camera.detect(PNG.data, budget=0.3, slot=2)
            assert isinstance(late, Unanswered)
            assert (late.reason, late.stage) == ("budget_unmeetable", "decode")
            gate.open()
            assert await waiting

    run(scenario())
