"""Requests for inference that are wrong, incomplete or too many, and models that break: the stream goes on."""

from typing import Any

import numpy as np
import pytest

from bridge.config import Limits
from bridge.v1 import error_pb2, timing_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.inference.rig import (
    MINOR_3,
    T,
    X,
    nothing_waits,
    own_server,
    part,
    picture,
    request,
    result,
    status,
    styled,
)
from tests.conftest import Run
from tests.serving.client import Client, N, assert_idle, connected
from tests.waiting import until

INVALID, REFUSED = error_pb2.DISPOSITION_INVALID, error_pb2.DISPOSITION_REFUSED
SUPERSEDED, CANCELLED = error_pb2.DISPOSITION_SUPERSEDED, error_pb2.DISPOSITION_CANCELLED
FAILED = error_pb2.DISPOSITION_FAILED


# -- invalid requests --------------------------------------------------------------------------------------------------

_ONE = T.Tensor(name="x", data_type=T.DATA_TYPE_FLOAT32, shape=[2])


def _told(**fields: Any) -> Any:
    return request("told", 9, x=X, fields=fields)


def _declaring(*declared: Any, total: int = 8) -> Any:
    return _told(inputs=list(declared), total_bytes=total)


def _shaped(*shape: int, data_type: Any = T.DATA_TYPE_FLOAT32, total: int = 8) -> Any:
    return _declaring(T.Tensor(name="x", data_type=data_type, shape=shape), total=total)


WRONG = {
    "no such model": (request("oracle", 9, x=X), "no model 'oracle'; there are avatar"),
    "an embedded model": (request("avatar", 9, x=X), "model 'avatar' takes no tensors; use the avatar service"),
    "no inputs": (
        N.InferRequest(request=N.InferenceRequest(request_index=9, model="told")),
        "told takes x; nothing was sent",
    ),
    "a slot beyond the limit": (request("told", 9, slot=64, x=X), "slot is 64; use 0 to 63"),
    "an index that does not rise": (request("told", 5, x=X), "request_index is 5 where 5 has been seen"),
    "a budget beyond the limit": (
        _told(budget=timing_pb2.Budget(budget_micros=61_000_000)),
        "budget_micros is 61000000; send 1 to 60000000",
    ),
    "too few bytes": (_told(total_bytes=4), "total_bytes is 4 and the tensors have 8"),
    "more bytes than it says": (
        N.InferRequest(request=_told().request, payload=bytes(12)),
        "payload has 12 bytes and total_bytes is 8",
    ),
    "a name twice": (_declaring(_ONE, _ONE, total=16), "tensor names are x, x; name each once"),
    "no number format": (_shaped(2, data_type=0), "data_type of 'x' is 0; choose one of DATA_TYPE_FLOAT16"),
    "a number format of another contract": (_shaped(2, data_type=77), "data_type of 'x' is 77; choose one of"),
    "a size of zero": (_shaped(0, 2, total=0), "the shape of 'x' is .0, 2.; send up to 8 sizes of 1 or more"),
    "a size below zero": (_shaped(-2), "the shape of 'x' is .-2."),
    "too many sizes": (_shaped(*[1] * 8, 2), "send up to 8 sizes"),
    "sizes that are huge together": (_shaped(2**62, 2**62), "total_bytes is 8 and the tensors have"),
    "more bytes than a request may have": (
        _shaped(2**23, total=2**25),
        "the tensors have 33,554,432 bytes; send at most 16,777,216",
    ),
    "too many tensors": (
        _declaring(*(T.Tensor(name=f"x{n}", data_type=T.DATA_TYPE_BOOL, shape=[1]) for n in range(33)), total=33),
        "33 tensors are declared; send at most 32",
    ),
    "upload memory that it has not": (
        N.InferRequest(
            request=N.InferenceRequest(
                request_index=9, model="told", inputs=[_ONE], total_bytes=8, upload=N.UploadRange(offset_bytes=16)
            )
        ),
        "this stream has no upload memory",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_says_what_was_wrong_and_the_stream_goes_on(run: Run, name: str) -> None:
    message, sentence = WRONG[name]

    async def scenario() -> Any:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            await call.write(request("told", 5, x=X))
            await result(call)
            await call.write(message)
            told = await status(call)
            await call.write(request("told", 10, x=X))
            _, outputs = await result(call)
            np.testing.assert_array_equal(outputs["y"], X * 2)
            assert nothing_waits(own)
            return told

    told = run(scenario())
    assert told.request_index in (5, 9)
    assert told.outcome.disposition == INVALID
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(told.outcome.error.message)


@pytest.mark.parametrize(
    ("tensor", "sentence"),
    [
        ({"image": picture(0, 7)}, r"image is float32 \[3, 7, 64\]; send float32 \[3, 8 to 256, 64\]"),
        ({"image": picture(0).astype(np.float64)}, r"image is float64 \[3, 32, 64\]"),
        ({"picture": picture(0)}, "style takes image; picture was sent"),
    ],
)
def test_tensors_that_do_not_fit_the_model_say_what_does(run: Run, tensor: Any, sentence: str) -> None:
    async def scenario() -> str:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            await call.write(request("style", 1, **tensor))
            said: str = (await status(call)).outcome.error.message
            assert nothing_waits(own)
            return said

    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(run(scenario()))


# -- parts and chunks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cuts", [(0,), (1,), (100, 101), (4096, 8192, 20_000), (24_575,)])
def test_parts_make_up_the_whole(run: Run, cuts: tuple[int, ...]) -> None:
    async def scenario() -> None:
        image = picture(1)
        data = image.tobytes()
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            first = request("style", 1, image=image)
            first.payload = data[: cuts[0]]
            await call.write(first)
            await call.write(request("style", 2, slot=1, image=picture(2)))  # another one in between
            for begin, end in zip(cuts, (*cuts[1:], len(data)), strict=True):
                await call.write(part(1, begin, data[begin:end]))
            answers = {(one := await result(call))[0].request_index: one[1] for _ in range(2)}
            np.testing.assert_allclose(answers[1]["image"], styled(image)["image"][0], atol=1e-6)  # alone or in a batch
            assert nothing_waits(own)

    run(scenario())


@pytest.mark.parametrize(("offset", "size"), [(101, 10), (99, 10), (100, 0), (100, 24_477)])
def test_a_part_that_does_not_follow_ends_its_request(run: Run, offset: int, size: int) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            await call.write(request("style", 1, parts=100, image=picture(1)))
            await call.write(part(1, offset, bytes(size)))
            told = await status(call)
            assert told.outcome.disposition == INVALID
            assert (
                f"a part of {size:,} bytes at {offset:,}, where 100 of 24,576 have come" in told.outcome.error.message
            )
            await call.write(part(1, 100, bytes(24_476)))  # of a request that is over: ignored
            await call.write(request("style", 2, image=picture(2)))
            head, _ = await result(call)
            assert head.request_index == 2
            assert nothing_waits(own)

    run(scenario())


def test_a_request_whose_bytes_do_not_come_is_refused_when_it_is_due(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            soon = timing_pb2.Budget(budget_micros=30_000)
            await call.write(request("style", 1, parts=100, budget=soon, image=picture(1)))
            told = await status(call)
            assert (told.outcome.disposition, told.outcome.stage) == (REFUSED, timing_pb2.STAGE_TRANSPORT)
            assert "its tensors were not complete when it was due" in told.outcome.error.message
            await call.write(part(1, 100, bytes(24_476)))
            await call.write(request("style", 2, image=picture(2)))
            assert (await result(call))[0].request_index == 2
            assert nothing_waits(own)

    run(scenario())


def test_a_large_result_comes_in_chunks(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(chunk_bytes=5_000)
        async with (
            own_server(models=("style",), limits=limits) as own,
            connected(own.port, protocol=MINOR_3) as client,
        ):
            call = await client.open_inference()
            await call.write(request("style", 1, image=picture(1)))
            _, outputs = await result(call)
            np.testing.assert_array_equal(outputs["image"], styled(picture(1))["image"][0])

    run(scenario())


# -- limits ------------------------------------------------------------------------------------------------------------


def test_requests_beyond_the_limits_are_refused_and_what_they_held_is_freed(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(open_inferences=3, waiting_tensor_bytes=60_000)
        async with (
            own_server(models=("style", "told"), limits=limits) as own,
            connected(own.port, protocol=MINOR_3) as client,
        ):
            call = await client.open_inference()
            async with device_held(own):  # type: ignore[arg-type]
                for index in (1, 2, 3):
                    await call.write(request("style", index, image=picture(index)))
                told = await status(call)
                assert (told.request_index, told.outcome.disposition) == (3, REFUSED)
                assert "the limit is 60,000 for one session (Limits.max_waiting_tensor" in told.outcome.error.message
                await call.write(request("told", 4, x=X))
                await call.write(request("told", 5, x=X))
                told = await status(call)
                assert (told.request_index, told.outcome.disposition) == (5, REFUSED)
                assert "3 requests are unanswered; wait for some" in told.outcome.error.message
            assert {(await result(call))[0].request_index for _ in range(3)} == {1, 2, 4}
            assert nothing_waits(own)

    run(scenario())


def test_a_stream_that_ends_leaves_nothing(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own:
            client = Client(own.port)
            await client.handshake(protocol=MINOR_3)
            call = await client.open_inference(wants_upload_memory=True)
            async with device_held(own):  # type: ignore[arg-type]
                await call.write(request("style", 1, image=picture(1)))
                await call.write(request("style", 2, parts=10, image=picture(2)))
                await until(lambda: len(own.backend.streams) == 1 and own.service.waiting._all == 2 * 24_576)
                call.cancel()
                await client.channel.close()
                await until(lambda: not own.backend.streams)
            await until(lambda: nothing_waits(own))
            assert own.service.uploads._all == 0
            await assert_idle(own.port)

    run(scenario())


# -- models that break -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gives", "sentence"),
    [
        (
            [1, 2],
            "told.run answered a list, not arrays by name instead of y float32 [0 to 2]; declare `outputs` as they are",
        ),
        ({}, "told.run answered nothing instead of y float32 [0 to 2]"),
        ({"y": 1.0}, "told.run answered a float for y, not a numpy array instead of y float32 [0 to 2]"),
        ({"y": np.zeros(2, np.complex64)}, "told.run answered y complex64 [2] instead of y float32 [0 to 2]"),
        ({"y": np.zeros(5 << 20, np.float32)}, "told.run answered y float32 [5242880] instead of y float32"),
        (
            FloatingPointError("it is NaN"),
            "model 'told' failed on this request (FloatingPointError: it is NaN); change it",
        ),
    ],
)
def test_an_output_that_cannot_be_sent_fails_its_row_alone(run: Run, gives: Any, sentence: str) -> None:
    async def scenario() -> Any:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            own.told.gives = gives
            await call.write(request("told", 1, x=X))
            told = await status(call)
            own.told.gives = None
            await call.write(request("told", 2, x=X))
            await result(call)
            return told.outcome

    outcome = run(scenario())
    assert outcome.disposition == FAILED
    assert sentence in outcome.error.message


@pytest.mark.parametrize(
    ("lane", "disposition", "sentence"),
    [
        (ValueError("x must be warm"), INVALID, "x must be warm"),
        (RuntimeError("oh"), FAILED, "model 'told' failed in lane_of (RuntimeError: oh); mend that"),
        ("told.other", FAILED, "model 'told' puts it in lane 'told.other', which it has not; mend its lane_of"),
    ],
)
def test_a_lane_that_cannot_be_found_fails_its_row(run: Run, lane: Any, disposition: Any, sentence: str) -> None:
    async def scenario() -> Any:
        async with own_server(models=("told",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            own.told.lane = lane
            await call.write(request("told", 1, x=X))
            told = await status(call)
            own.told.lane = "told.run"
            await call.write(request("told", 2, x=X))
            await result(call)
            assert nothing_waits(own)
            return told.outcome

    outcome = run(scenario())
    assert outcome.disposition == disposition
    assert sentence in outcome.error.message
