"""Models by name in the Python client: outputs, what is told of a model, and what is refused before it is sent."""

import asyncio
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from bridge import ModuleModel, Tensor
from bridge.client import BridgeClient
from bridge.client.inference import TensorSpec
from bridge.config import Limits
from bridge.errors import CallFailed, Overloaded, ServerUnavailable, TooLarge, UnknownModel, VersionMismatch
from tests.client.fake import FakeBridge
from tests.client.fake import serving as pretending
from tests.client.inference.scenes import inferred, playing
from tests.conftest import Run
from tests.serving.own import Mind, Style, called, mind, picture, style

STATE = np.linspace(-1, 1, 16, dtype=np.float32)


def test_one_call_is_all_that_is_needed_and_its_outputs_are_the_module_s_bit_for_bit(run: Run) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            answer = inferred(await bridge.model("style").infer(image=picture()))
            np.testing.assert_array_equal(answer["image"], called(Style(), image=picture())["image"])
            assert (answer.model, answer.slot, answer.repeated, answer.repeated_from_index) == ("style", 0, False, 0)
            assert 0 < answer.timing.compute <= answer.timing.server <= answer.elapsed <= answer.budget == 5.0
            with pytest.raises(KeyError, match="no output 'picture'; there are image"):
                answer["picture"]

    run(scene())


def test_outputs_of_several_formats_are_arrays_of_ones_own(run: Run) -> None:
    async def scene() -> None:
        async with playing(mind()) as (bridge, _), bridge.model("mind") as model:
            first = inferred(await model.infer(state=STATE, mood=np.int64(3)))
            again = inferred(await model.infer(state=STATE, mood=np.int64(3)))
            expected = called(Mind(), state=STATE, mood=np.int64(3))
            assert list(first.outputs) == list(expected)
            for name, array in first.outputs.items():
                assert (array.dtype, array.shape) == (expected[name].dtype, expected[name].shape)
                assert array.flags.writeable
                assert array.flags.aligned
                array[...] = 7
                np.testing.assert_array_equal(again[name], expected[name])

    run(scene())


def test_values_come_as_arrays_of_any_layout_as_tensors_and_as_lists(run: Run) -> None:
    async def scene() -> None:
        image, swapped = picture(64), picture(64).transpose(0, 2, 1)
        async with playing(style(), mind()) as (bridge, _):
            model = bridge.model("style")
            expected = called(Style(), image=swapped)["image"]
            for given in (swapped, torch.from_numpy(swapped), swapped.astype(">f4"), swapped.tolist()):
                answer = inferred(await model.infer(image=given))
                np.testing.assert_array_equal(answer["image"], expected)
            answer = inferred(await model.infer({"image": image}))
            np.testing.assert_array_equal(answer["image"], called(Style(), image=image)["image"])
            answer = inferred(await bridge.model("mind").infer(state=[0] * 16, mood=1))
            expected = called(Mind(), state=np.zeros(16, np.float32), mood=1)["action"]
            np.testing.assert_array_equal(answer["action"], expected)

    run(scene())


def test_an_input_named_as_a_parameter_comes_in_a_mapping(run: Run) -> None:
    model = ModuleModel("echo", load=nn.Identity, inputs={"budget": Tensor("float32", (2,))}, budget=5.0)

    async def scene() -> None:
        async with playing(model) as (bridge, _):
            answer = inferred(await bridge.model("echo").infer({"budget": [1, 2]}, budget=4.0))
            assert answer["output"].tolist() == [1, 2]
            assert answer.budget == 4.0

    run(scene())


def test_the_server_tells_what_a_model_takes_and_gives(run: Run) -> None:
    async def scene() -> None:
        async with playing(style(), mind()) as (bridge, _):
            await bridge.until_ready("style")
            assert [model.name for model in bridge.models if model.inputs] == ["mind", "style"]
            async with bridge.model("style") as model:
                assert model.ready
                assert model.inputs == {"image": TensorSpec("float32", (3, (8, 64), 64))}
                assert [spec.dtype for spec in model.outputs.values()] == ["float32"]
            await bridge.unload_model("style")
            assert not model.ready
            unanswered = await model.infer(image=picture())
            assert not unanswered
            assert (unanswered.kind, unanswered.reason) == ("style", "unknown_model")
            await bridge.load_model("style")
            assert model.ready
            assert await model.infer(image=picture())

    run(scene())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "model 'mind' takes state, mood; given: nothing"),
        ({"state": STATE, "age": 3}, "model 'mind' takes state, mood; given: state, age"),
        ({"state": STATE[:-1], "mood": 1}, r"'state' has the shape \[15\] and the model takes float32 \[16\]$"),
        ({"state": STATE[None], "mood": 1}, "leave out the dimension of the batch"),
        ({"state": STATE.astype(np.float64), "mood": 1}, r"'state' is float64 .* convert it with .astype\('float32'\)"),
        ({"state": STATE, "mood": 1.5}, r"'mood' cannot be converted to int64 \[\]: it has fractions"),
        ({"state": [[1], [1, 2]], "mood": 1}, "'state' cannot be converted to float32"),
        ({"state": STATE, "mood": 1 << 70}, "'mood' cannot be converted to int64"),
        ({"state": object(), "mood": 1}, "'state' is object and the model takes .*; give an array of numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_here_with_what_to_mend(run: Run, given: Any, sentence: str) -> None:
    async def scene() -> None:
        async with playing(mind()) as (bridge, _):
            with pytest.raises(ValueError, match=sentence):
                await bridge.model("mind").infer(given)

    run(scene())


def test_sizes_outside_a_dimension_s_bounds_are_refused(run: Run) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            for rows in (7, 65):
                with pytest.raises(ValueError, match=r"the model takes float32 \[3, 8 to 64, 64\]"):
                    await bridge.model("style").infer(image=picture(rows))
            for rows in (8, 64):
                assert await bridge.model("style").infer(image=picture(rows))

    run(scene())


def test_a_dimension_that_the_server_cannot_say_takes_any_size() -> None:
    spec = TensorSpec("uint8", (None, 2))
    assert str(spec) == "uint8 [any, 2]"
    assert [spec.fits(shape) for shape in ((1, 2), (900, 2), (0, 2), (1, 3), (2,))] == [True, True, False, False, False]


def test_more_than_the_server_s_limit_is_refused_here(run: Run) -> None:
    async def scene() -> None:
        async with playing(style(), limits=Limits(tensor_bytes=40_000)) as (bridge, _):
            with pytest.raises(TooLarge, match=r"have 49,152 bytes; send at most 40,000 \(Limits.max_tensor_bytes\)"):
                await bridge.model("style").infer(image=picture(64))

    run(scene())


def test_a_model_that_is_none_or_takes_no_tensors_is_named(run: Run) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            with pytest.raises(UnknownModel, match="no model 'stile'; the models that take tensors are style"):
                await bridge.model("stile").infer(image=picture())
            with pytest.raises(UnknownModel, match="model 'avatar' takes no tensors"):
                async with bridge.model("avatar"):
                    pass

    run(scene())


def test_what_the_server_finds_invalid_raises_its_sentence(run: Run) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            with pytest.raises(CallFailed, match="budget_micros is 61000000") as failure:
                await bridge.model("style").infer(image=picture(), budget=61.0)
            assert failure.value.reason == "out_of_range"
            assert await bridge.model("style").infer(image=picture())

    run(scene())


def test_without_waiting_the_stream_must_be_open(run: Run) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _):
            with pytest.raises(ServerUnavailable, match=r"use `async with bridge.model\(...\) as model:`"):
                bridge.model("style").send(image=picture())
            kept = bridge.model("style")
            assert await kept.infer(image=picture())
        with pytest.raises(ServerUnavailable, match="the client has been closed"):
            await kept.infer(image=picture())

    run(scene())


def test_a_server_that_is_too_old_is_told_in_one_sentence() -> None:
    fake = FakeBridge()
    fake.minor = 2

    async def main() -> None:
        async with pretending(fake) as address, BridgeClient(address) as bridge:
            for use in (bridge.model("style").infer(image=picture()), bridge.model("style").__aenter__()):
                with pytest.raises(VersionMismatch, match=r"speaks version 1.2 .* need 1.3; update the server"):
                    await use
            assert await bridge.ping() < 5

    asyncio.run(main())


def test_slots_are_bounded_and_freed(run: Run) -> None:
    async def scene() -> None:
        async with playing(mind(), limits=Limits(slots_per_stream=2)) as (bridge, _):
            model = bridge.model("mind")
            for slot in (5, 900):
                answer = inferred(await model.infer(state=STATE, mood=0, slot=slot))
                assert answer.slot == slot
            with pytest.raises(Overloaded, match="2 slots of models are in use; close some"):
                await model.infer(state=STATE, mood=0, slot=6)
            model.close_slot(5)
            model.close_slot(77)
            assert await model.infer(state=STATE, mood=0, slot=6)

    run(scene())
