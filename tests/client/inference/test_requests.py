"""Requests of models by name: what replaces what, refusals, cancelling, late results, and lost connections."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bridge.client import BridgeClient, Disposition
from bridge.client.inference import inferences as client
from bridge.client.inference.results import Results
from bridge.errors import CallFailed, ContractBroken
from tests.client.inference.scenes import Heard, inferred, playing, upload_memory
from tests.client.wire import wired
from tests.conftest import Run
from tests.serving.own import Gate, held, picture, serving, slow, style
from tests.waiting import until


def test_the_newest_request_of_a_slot_replaces_one_that_has_not_started(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        gate = Gate()
        async with playing(held(gate), held(gate, "other")) as (bridge, _), bridge.model("held") as model:
            gate.close()
            asked = [model.request(number=[1], slot=9)]
            await until(gate.entered.is_set)
            for number, slot, latest in ((2, 0, True), (3, 0, True), (4, 1, True), (5, 0, False)):
                asked.append(model.request(number=[number], slot=slot, latest_only=latest))
                await until(lambda: len(heard.of_kind("request")) == len(asked))
            asked.append(bridge.model("other").request(number=[6], latest_only=True))
            gate.open()
            first, replaced, *others = await asyncio.gather(*asked)
            assert [inferred(answer)["number"][0] for answer in (first, *others)] == [2, 6, 8, 10, 12]
            assert not replaced
            assert (replaced.disposition, replaced.slot, replaced.kind) == (Disposition.SUPERSEDED, 0, "held")

    run(scene())


def test_a_request_that_is_replaced_before_it_is_sent_is_never_sent(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _), bridge.model("style") as model:
            old, new = (model.request(image=picture(), latest_only=True) for _ in range(2))
            answer = await old
            assert not answer
            assert (answer.disposition, answer.kind) == (Disposition.SUPERSEDED, "style")
            assert inferred(await new).request_index == answer.frame_index + 1
            assert len(heard.of_kind("request")) == 1
            assert len(upload_memory(bridge)) == 0

    run(scene())


def test_the_last_outputs_come_again_if_new_ones_cannot_be_on_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.capabilities.inference.inferences.LONGEST_REPEAT_SECONDS", 60.0)

    async def scene() -> None:
        async with playing(slow()) as (bridge, _), bridge.model("slow") as model:
            first = inferred(await model.infer(number=[1], latest_only=True))
            assert not first.repeated
            again = inferred(await model.infer(number=[5], latest_only=True, budget=0.1))
            assert again.repeated
            assert again.repeated_from_index == first.request_index < again.request_index
            assert again["number"].tolist() == [2]
            assert again.timing.rung == "repeat"
            for refused in (
                await model.infer(number=[5], budget=0.1),
                await model.infer(number=[5], latest_only=True, best_only=True, budget=0.1),
                await model.infer(number=[5], latest_only=True, slot=1, budget=0.1),
            ):
                assert not refused
                assert refused.disposition is Disposition.REFUSED
                assert refused.reason == "budget_unmeetable"

    run(scene())


def test_answers_to_what_was_sent_come_as_results(run: Run) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _), bridge.model("style") as model:
            sent = [model.send(image=picture(seed=seed), slot=seed) for seed in range(3)]
            results = model.results()
            answers = [inferred(await anext(results)) for _ in sent]
            assert sorted((answer.slot, answer.request_index) for answer in answers) == list(enumerate(sent))
            model.send(image=picture(), budget=1e-6)
            assert not await anext(results)
            model.send(image=picture(), budget=61.0)
            with pytest.raises(CallFailed, match="budget_micros is 61000000"):
                await anext(results)

    run(scene())


def test_a_caller_that_leaves_withdraws_its_request(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        gate = Gate()
        async with playing(held(gate)) as (bridge, _), bridge.model("held") as model:
            gate.close()
            running = model.request(number=[1])
            await until(gate.entered.is_set)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await model.infer(number=[2], slot=3)
            leaving = asyncio.create_task(model.infer(number=[3], slot=3))
            await until(lambda: len(heard.of_kind("request")) == 3)
            leaving.cancel()
            await until(lambda: len(heard.of_kind("cancel")) == 2)
            _, *asked = [(request.slot, request.request_index) for request in heard.of_kind("request")]
            assert [(cancel.slot, cancel.request_index) for cancel in heard.of_kind("cancel")] == asked
            gate.open()
            assert inferred(await running)["number"][0] == 2
            assert inferred(await model.infer(number=[4]))["number"][0] == 8

    run(scene())


def test_leaving_the_block_withdraws_what_was_sent(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        gate = Gate()
        async with playing(held(gate)) as (bridge, _):
            gate.close()
            async with bridge.model("held") as model:
                model.send(number=[1])
                await until(gate.entered.is_set)
                index = model.send(number=[2])
            await until(lambda: len(heard.of_kind("cancel")) == 2)
            assert index in [cancel.request_index for cancel in heard.of_kind("cancel")]
            gate.open()
            assert await bridge.model("held").infer(number=[3])

    run(scene())


def test_a_closed_slot_s_requests_are_cancelled(run: Run) -> None:
    async def scene() -> None:
        gate = Gate()
        async with playing(held(gate)) as (bridge, _), bridge.model("held") as model:
            gate.close()
            running, waiting = model.request(number=[1]), model.request(number=[2], slot=1)
            await until(gate.entered.is_set)
            model.close_slot(1)
            answer = await waiting
            assert not answer
            assert (answer.disposition, answer.slot) == (Disposition.CANCELLED, 1)
            gate.open()
            assert await running

    run(scene())


def test_late_results_are_dropped_and_told_with_the_next_request_of_the_slot(
    run: Run, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _), bridge.model("style") as model:
            for slot, punctual in ((0, True), (0, False), (1, True), (0, True)):
                with monkeypatch.context() as patch:
                    patch.setattr(client, "on_time", lambda asked, now: punctual)  # noqa: B023
                    answer = await model.infer(image=picture(), slot=slot)
                assert bool(answer) is punctual
                assert answer or (answer.disposition, answer.stage) == (Disposition.MISSED, "transport")
        told = [(request.slot, request.late_result_count) for request in heard.of_kind("request")]
        assert told == [(0, 0), (0, 0), (1, 0), (0, 1)]

    run(scene())


def test_the_link_is_measured_and_told(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            bridge._connection.link = 10.0
            for _ in range(5):
                assert await bridge.model("style").infer(image=picture(), budget=50.0)
        budgets = [request.budget for request in heard.of_kind("request")]
        assert [budget.budget_micros for budget in budgets] == 5 * [50_000_000]
        assert budgets[0].link_micros == 10_000_000
        assert 0 < budgets[-1].link_micros < 10_000_000

    run(scene())


def test_the_rate_is_told_and_a_refusal_makes_it_forget(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _), bridge.model("style") as model:
            assert bridge._inferences is not None
            bridge._inferences._results.rate.hear_whole(1 << 20, 1.0)
            for budget, answered in ((5.0, True), (1e-6, False), (5.0, True)):
                assert bool(await model.infer(image=picture(), budget=budget)) is answered
        rates = [request.budget.link_bytes_per_second for request in heard.of_kind("request")]
        assert rates == [1 << 20, 1 << 20, 0]

    run(scene())


def test_a_lost_connection_ends_what_waits_and_is_restored_with_its_session(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        gate = Gate()
        async with serving(style(), held(gate)) as server, wired(server.port) as (wire, address):
            await lose(address, gate, wire.cut)

    async def lose(address: str, gate: Gate, cut: Callable[[], None]) -> None:
        async with BridgeClient(address) as bridge, bridge.model("style") as model:
            session = bridge.session_id
            before = inferred(await model.infer(image=picture()))
            gate.close()
            waiting = bridge.model("held").request(number=[1])
            await until(gate.entered.is_set)
            cut()
            answer = await waiting
            assert not answer
            assert (answer.disposition, answer.reason) == (Disposition.CANCELLED, "connection_lost")
            gate.open()
            assert inferred(await until_answered(model)).request_index > before.request_index
            assert bridge.session_id == session
            assert heard.of_kind("request")[-1].HasField("upload")

    run(scene())


async def until_answered(model: Any) -> Any:
    """The first outputs after a loss. What is asked meanwhile is refused."""
    async with asyncio.timeout(20):
        while not (answer := await model.infer(image=picture())):
            assert answer.reason == "connection_lost"
            await asyncio.sleep(0)
    return answer


def test_a_stream_that_failed_is_opened_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_contract(results: Results, chunk: Any, part: Any) -> Any:
        raise ContractBroken("nonsense")

    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            model = bridge.model("style")
            with monkeypatch.context() as patch:
                patch.setattr(Results, "take", break_contract)
                assert not await model.infer(image=picture())
            with pytest.raises(ContractBroken, match="nonsense"):
                await model.infer(image=picture())
            assert await model.infer(image=picture())

    run(scene())
