"""Inference streams over the wire: tensors of every format, in parts and chunks, and one answer to each request."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from bridge.v1 import error_pb2
from bridge.wire.data_types import NAMES
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.inference.rig import (
    BEST_ONLY,
    MINOR_3,
    X,
    nothing_waits,
    own_server,
    picture,
    request,
    result,
    status,
    styled,
)
from tests.conftest import Run
from tests.serving.client import N, connected
from tests.waiting import until

INVALID, REFUSED = error_pb2.DISPOSITION_INVALID, error_pb2.DISPOSITION_REFUSED
SUPERSEDED, CANCELLED = error_pb2.DISPOSITION_SUPERSEDED, error_pb2.DISPOSITION_CANCELLED
FAILED = error_pb2.DISPOSITION_FAILED


def test_the_answer_is_bit_equal_to_the_module_s(run: Run) -> None:
    async def scenario() -> None:
        async with own_server() as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            for index, height in enumerate((32, 8, 200), 1):
                await call.write(request("style", index, slot=2, image=picture(index, height)))
                head, outputs = await result(call)
                assert (head.slot, head.request_index, head.repeated_from_index) == (2, index, 0)
                assert (head.timing.rung, head.timing.batch_size) == ("style", 1)
                plain = styled(picture(index, height))
                for name in ("image", "mean"):
                    np.testing.assert_array_equal(outputs[name], plain[name][0])

    run(scenario())


def test_requests_that_wait_together_share_a_batch(run: Run) -> None:
    async def scenario() -> None:
        async with own_server() as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            async with device_held(own):  # type: ignore[arg-type]
                for index in (1, 2, 3):
                    await call.write(request("style", index, image=picture(index)))
                await until(lambda: own.backend.engine.open_jobs == 3)
            answers = [await result(call) for _ in range(3)]
            assert {head.timing.batch_size for head, _ in answers} == {3}
            plain = styled(*(picture(head.request_index) for head, _ in answers))
            for place, (_, outputs) in enumerate(answers):
                np.testing.assert_array_equal(outputs["image"], plain["image"][place])

    run(scenario())


def test_every_number_format_comes_back_as_it_went(run: Run) -> None:
    async def scenario() -> None:
        arrays: dict[str, Any] = {}
        for seed, name in enumerate(NAMES.values()):
            values = np.random.default_rng(seed).integers(0, 2 if name == "bool" else 100, (3, 2))
            arrays[name] = values.astype(name)
        async with own_server() as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            backwards: Any = dict(reversed(arrays.items()))  # in any order
            await call.write(request("numbers", 1, **backwards))
            _, outputs = await result(call)
            assert outputs.keys() == arrays.keys()
            for name, array in arrays.items():
                np.testing.assert_array_equal(outputs[name], array, strict=True)

    run(scenario())


def test_a_bool_of_any_other_byte_is_true(run: Run) -> None:
    async def scenario() -> None:
        async with own_server() as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            zeros: Any = {name: np.zeros((3, 2), name) for name in NAMES.values()}
            message = request("numbers", 1, **zeros)
            message.payload = message.payload[:-6] + bytes([0, 1, 2, 255, 128, 0])
            await call.write(message)
            _, outputs = await result(call)
            np.testing.assert_array_equal(outputs["bool"].view(np.uint8).ravel(), [0, 1, 1, 1, 1, 0])

    run(scenario())


def test_a_result_without_bytes_is_a_result(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            own.told.gives = {"y": np.zeros((0,), np.float32)}  # a detector that finds nothing
            await call.write(request("told", 1, x=X))
            head, outputs = await result(call)
            assert (head.total_bytes, outputs["y"].shape) == (0, (0,))

    run(scenario())


# -- slots -------------------------------------------------------------------------------------------------------------


def test_the_newest_of_a_slot_replaces_older_ones_only_where_it_says_so(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            latest = {"latest_only": True}
            async with device_held(own):  # type: ignore[arg-type]
                for index in (1, 2, 3):
                    await call.write(request("style", index, slot=1, image=picture(index), fields=latest))
                    await call.write(request("style", index, slot=2, image=picture(index)))
                await until(lambda: own.backend.engine.open_jobs == 6)
            replaced = [(await status(call)) for _ in range(2)]
            assert [(told.slot, told.request_index) for told in replaced] == [(1, 1), (1, 2)]
            assert {told.outcome.disposition for told in replaced} == {SUPERSEDED}
            answered = Counter([(await result(call))[0].slot for _ in range(4)])
            assert answered == {1: 1, 2: 3}
            assert nothing_waits(own)

    run(scenario())


def test_a_slot_s_last_result_is_sent_again_where_nothing_else_is_on_time(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style", "told")) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            for slot, index in ((1, 1), (2, 1)):
                await call.write(request("told", index, slot=slot, x=X + slot, fields={"latest_only": slot == 1}))
                await result(call)
            await own.backend.engine.call(lambda scheduler: scheduler.latency.warm("told.run", 1, [20.0]))
            await call.write(request("told", 2, slot=1, x=X, fields={"latest_only": True}))
            head, outputs = await result(call)
            assert (head.request_index, head.repeated_from_index) == (2, 1)
            assert (head.timing.rung, head.timing.rung_index) == ("repeat", 1)
            np.testing.assert_array_equal(outputs["y"], (X + 1) * 2)
            refused = [
                request("told", 3, slot=1, x=X, budget=BEST_ONLY, fields={"latest_only": True}),
                request("told", 4, slot=1, x=X),  # an answer of its own is wanted
                request("told", 2, slot=2, x=X, fields={"latest_only": True}),  # nothing kept: the first was not such
            ]
            for message in refused:
                await call.write(message)
                told = await status(call)
                assert (told.slot, told.request_index) == (message.request.slot, message.request.request_index)
                assert told.outcome.disposition == REFUSED
            await call.write(request("style", 5, slot=1, image=picture(1), fields={"latest_only": True}))
            assert (await result(call))[0].repeated_from_index == 0
            await call.write(request("told", 6, slot=1, x=X, fields={"latest_only": True}))
            assert (await status(call)).outcome.disposition == REFUSED  # the last result is another model's
            work = {work.name: work for work in (await client.stats()).work}["told"]
            assert (work.repeated_count, work.in_budget_count) == (1, 2)

    run(scenario())


def test_a_result_is_not_sent_again_after_a_second(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            await call.write(request("told", 1, x=X, fields={"latest_only": True}))
            await result(call)
            await own.backend.engine.call(lambda scheduler: scheduler.latency.warm("told.run", 1, [20.0]))
            monkeypatch.setattr("bridge.capabilities.inference.inferences.LONGEST_REPEAT_SECONDS", 0.0)
            await call.write(request("told", 2, x=X, fields={"latest_only": True}))
            assert (await status(call)).outcome.disposition == REFUSED

    run(scenario())


def test_what_is_cancelled_or_closed_ends_so(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("told", "style")) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            async with device_held(own):  # type: ignore[arg-type]
                await call.write(request("told", 1, x=X))
                await call.write(request("told", 2, x=X))
                await call.write(request("style", 1, slot=3, parts=10, image=picture(1)))
                await call.write(request("told", 2, slot=3, x=X))
                await call.write(N.InferRequest(cancel=N.InferCancel(slot=0, request_index=1)))
                await call.write(N.InferRequest(cancel=N.InferCancel(slot=0, request_index=77)))
                await call.write(N.InferRequest(close_slot=N.InferCloseSlot(slot=3)))
                ended = [await status(call) for _ in range(3)]
            assert {(told.slot, told.request_index) for told in ended} == {(0, 1), (3, 1), (3, 2)}
            assert {told.outcome.disposition for told in ended} == {CANCELLED}
            assert (await result(call))[0].request_index == 2
            await call.write(request("told", 1, slot=3, x=X))  # it starts over
            assert (await result(call))[0].slot == 3
            await until(lambda: nothing_waits(own))

    run(scenario())


# -- what others see ---------------------------------------------------------------------------------------------------


def test_each_model_is_a_kind_of_work_with_counts_of_its_own(run: Run) -> None:
    async def scenario() -> Any:
        async with own_server(models=("told", "style")) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            await call.write(request("told", 1, x=X))
            await result(call)
            await call.write(request("told", 2, x=X, fields={"late_result_count": 1}))
            await result(call)
            return await client.stats()

    work = {work.name: work for work in run(scenario()).work}
    assert (work["told"].in_budget_count, work["told"].late_at_client_count) == (2, 1)
    assert work["style"].request_count == 0


def test_clients_of_an_older_minor_are_not_told_of_what_they_do_not_know(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("told",)) as own:
            for minor, listed in ((2, False), (3, True)):
                protocol = type(MINOR_3)(major=1, minor=minor)
                async with connected(own.port, protocol=protocol) as client:
                    shaken = await client.handshake(protocol=protocol)
                    names = {model.name: model for model in shaken.models}
                    assert ("told" in names) == listed
                    assert list(shaken.capabilities) == ([4] if listed else [])
                    assert (shaken.limits.max_tensor_bytes > 0) == listed
                    if listed:
                        told = names["told"]
                        assert [(spec.name, spec.dimensions[0].most) for spec in told.inputs] == [("x", 2)]
                        assert [spec.name for spec in told.outputs] == ["y"]
                        assert (told.max_batch, told.default_budget_micros) == (4, 100_000)

    run(scenario())


def test_declared_tensors_are_told_before_a_model_is_loaded(run: Run) -> None:
    async def scenario() -> Any:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            return (await client.handshake(protocol=MINOR_3)).models

    style = next(model for model in run(scenario()) if model.name == "style")
    assert [(size.least, size.most) for size in style.inputs[0].dimensions] == [(3, 3), (8, 256), (64, 64)]
    assert (list(style.outputs), style.max_batch) == ([], 0)


def test_a_model_that_is_not_loaded_says_so(run: Run) -> None:
    async def scenario() -> Any:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            await call.write(request("style", 1, image=picture(1), budget=BEST_ONLY))
            return (await status(call)).outcome.error.message

    assert "model 'style' is not loaded" in run(scenario())
