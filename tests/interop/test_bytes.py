"""Requests that are no messages, too large, or whose tensors are not what they say. The server goes on after each."""

from typing import Any

import numpy as np
import pytest

from bridge.kserve.asked import read_asked
from bridge.wire.shape import CONTROL_BYTES
from tests.conftest import Run
from tests.interop.client import (
    REQUEST,
    KServeClient,
    asks,
    asks_typed,
    assert_refused,
    ended,
    kserve,
    mood,
    number,
    values,
)
from tests.interop.models import FORMATS
from tests.interop.server import OwnServer
from tests.wire.test_shape import inside

MIB = 1 << 20
TRAITS = np.ones((1, 2), np.float32)
NAN = float("nan")


async def assert_answers(client: KServeClient) -> None:
    assert list((await client.infer(asks("mood", mood(2)))).outputs[0].shape) == [2]


def with_parameter(**value: Any) -> Any:
    request = asks("mood", mood())
    request.parameters["timeout"].CopyFrom(type(request.parameters["timeout"])(**value))
    return request


def changed(change: Any, arrays: dict[str, Any] | None = None) -> Any:
    """A request that would be answered, but for one change."""
    request = asks("mood", arrays or mood())
    change(request)
    return request


def with_shape(*shape: int) -> Any:
    return lambda request: request.inputs[0].shape.__setitem__(slice(None), shape)


def mixed(request: Any) -> None:
    request.inputs[0].contents.fp32_contents.extend([1, 1, 1])


BYTES: dict[str, tuple[bytes, str, str]] = {
    "no message": (b"\xff\xff\xff", "INVALID_ARGUMENT", "send a whole message"),
    "another message": (b"\x2a\x03\xff\xff\xff", "INVALID_ARGUMENT", "send a message generated from its protocol's"),
    "a tensor cut short": (asks("mood", mood()).SerializeToString()[:-1], "INVALID_ARGUMENT", "send a whole message"),
    "no text": (b"\x0a\x02\xff\xfe", "INVALID_ARGUMENT", "UTF-8"),
    "tensors without end": (b"\x3a\x00" * MIB, "INVALID_ARGUMENT", "more than 1,024 fields"),
    "parameters without end": (b"\x22\x00" * MIB, "INVALID_ARGUMENT", "more than 1,024 fields"),
    "values one by one": (
        inside(5, inside(5, b"\x08\x01" * 3000)),
        "INVALID_ARGUMENT",
        "more than 1,024 fields",
    ),
    "many values": (
        asks_typed("mood", "FP32", "position", [1, 3], fp32_contents=[0.0] * (CONTROL_BYTES // 4)).SerializeToString(),
        "INVALID_ARGUMENT",
        "tensors as raw_input_contents",
    ),
    "more than 16 MiB": (b"\x3a\x80\x80\x80\x08" + bytes(16 * MIB), "INVALID_ARGUMENT", "send at most 16,777,216"),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_cannot_be_a_request_are_refused(run: Run, own: OwnServer, name: str) -> None:
    data, code, words = BYTES[name]

    async def scenario() -> None:
        async with kserve(own.port) as client:
            assert_refused(await client.refused(data), code, words)
            await assert_answers(client)

    run(scenario())


def test_bytes_that_cannot_be_a_request_end_a_stream(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            for data, code, words in BYTES.values():
                call = client.stream()
                await call.write(data)
                assert_refused(await ended(call), code, words)
            await assert_answers(client)

    run(scenario())


def test_other_methods_refuse_such_bytes_too(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            for method in ("ModelReady", "RepositoryModelLoad", "ModelStatistics"):
                assert_refused(await ended(client.start(method, b"\x0a\xff")), "INVALID_ARGUMENT", "its protocol's")

    run(scenario())


REQUESTS: dict[str, tuple[Any, ...]] = {
    "too few bytes": (
        changed(lambda request: request.raw_input_contents.__setitem__(0, bytes(8))),
        "8 bytes",
        "has 12",
    ),
    "too many bytes": (changed(lambda request: request.raw_input_contents.__setitem__(0, bytes(16))), "has 12"),
    "a tensor without bytes": (
        changed(lambda request: request.raw_input_contents.pop()),
        "1 raw_input_contents",
        "2 inputs",
    ),
    "bytes without a tensor": (changed(lambda request: request.raw_input_contents.append(b"")), "3 raw_input_contents"),
    "bytes and values": (changed(mixed), "none as `contents`"),
    "a huge shape": (changed(with_shape(1, 2**62)), f"[1, {2**62}]", "send [batch, 3]"),
    "a huge batch": (changed(with_shape(2**62, 3)), f"a batch of {2**62}", "send 1 to 4 rows"),
    "a negative batch": (changed(with_shape(-1, 3)), "a batch of -1", "send 1 to 4 rows"),
    "a negative size": (changed(with_shape(1, -3)), "[1, -3]", "send [batch, 3]"),
    "no shape": (changed(with_shape()), "the shape []", "send [batch, 3]"),
    "many dimensions": (changed(with_shape(*[1] * 500, 3)), "501 dimensions", "send [batch, 3]"),
    "no datatype": (
        changed(lambda request: setattr(request.inputs[0], "datatype", "")),
        "without datatype",
        "send FP32",
    ),
    "bfloat16": (changed(lambda request: setattr(request.inputs[0], "datatype", "BF16")), "BF16", "cannot take"),
    "an unsigned format": (changed(lambda request: setattr(request.inputs[0], "datatype", "UINT64")), "cannot take"),
    "no such format": (changed(lambda request: setattr(request.inputs[0], "datatype", "FP33")), "FP33", "send FP32"),
    "an input twice": (changed(lambda request: setattr(request.inputs[1], "name", "position")), "position, position"),
    "no inputs": (REQUEST(model_name="mood"), "the inputs are none", "position, traits"),
    "an output twice": (
        changed(lambda request: [request.outputs.add(name="output") for _ in range(2)]),
        "each once",
    ),
    "a timeout that is no number": (with_parameter(double_param=NAN), "'timeout' is nan", "finite"),
    "a timeout with a point": (with_parameter(double_param=1.5), "double_param", "int64_param"),
    "a timeout as text": (with_parameter(string_param="5"), "string_param", "int64_param"),
    "a timeout without a value": (with_parameter(), "without a value", "int64_param"),
    "a timeout as truth": (with_parameter(bool_param=True), "bool_param", "int64_param"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_what_a_request_says_wrongly_is_refused(run: Run, own: OwnServer, name: str) -> None:
    request, *words = REQUESTS[name]

    async def scenario() -> None:
        async with kserve(own.port) as client:
            assert_refused(await client.refused(request), "INVALID_ARGUMENT", *words)
            await assert_answers(client)

    run(scenario())


# -- values instead of bytes -----------------------------------------------------------------------------------------

FIELDS = {
    "float32": ("FP32", "fp32_contents"),
    "float64": ("FP64", "fp64_contents"),
    "uint8": ("UINT8", "uint_contents"),
    "int8": ("INT8", "int_contents"),
    "int16": ("INT16", "int_contents"),
    "int32": ("INT32", "int_contents"),
    "int64": ("INT64", "int64_contents"),
    "bool": ("BOOL", "bool_contents"),
}


def test_values_are_taken_in_place_of_bytes() -> None:
    from bridge.kserve.inputs import rows_of
    from models.module.tensors import Tensor

    for dtype, (datatype, field) in FIELDS.items():
        request = asks_typed("m", datatype, "x", [2, 2], **{field: [1, 0, 1, 1]})
        first, second = rows_of(read_asked(request.SerializeToString()), "m", {"x": Tensor(dtype, (2,))}, 4)
        assert first["x"].dtype == second["x"].dtype == dtype
        assert (first["x"].tolist(), second["x"].tolist()) == ([1, 0], [1, 1])


TYPED: dict[str, tuple[Any, ...]] = {
    "too few": (asks_typed("mood", "FP32", "position", [1, 3], fp32_contents=[1, 2]), "2 values", "has 3 there"),
    "in another field": (asks_typed("mood", "FP32", "position", [1, 3], fp64_contents=[1, 2, 3]), "fp32_contents"),
    "in two fields": (
        asks_typed("mood", "FP32", "position", [1, 3], fp32_contents=[1, 2, 3], int_contents=[1]),
        "some in int_contents",
    ),
    "in none": (asks_typed("mood", "FP32", "position", [1, 3]), "0 values"),
}


@pytest.mark.parametrize("name", TYPED)
def test_values_that_do_not_fit_are_refused(run: Run, own: OwnServer, name: str) -> None:
    request, *words = TYPED[name]
    request.inputs.add(name="traits", datatype="FP32", shape=[1, 2], contents={"fp32_contents": [1, 1]})

    async def scenario() -> None:
        async with kserve(own.port) as client:
            assert_refused(await client.refused(request), "INVALID_ARGUMENT", *words)

    run(scenario())


def formats(**more: Any) -> Any:
    """Zeros for every number format as values; `more` replaces some."""
    request = REQUEST(model_name="formats")
    for dtype in FORMATS:
        datatype, field = FIELDS.get(dtype, ("FP16", "fp32_contents"))
        contents = {field: more.get(dtype, [0, 0])}
        request.inputs.add(name=dtype, datatype=datatype, shape=[1, 2], contents=contents)
    return request


def test_half_precision_has_no_values_and_small_numbers_have_limits(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            assert_refused(
                await client.refused(formats()), "INVALID_ARGUMENT", "'float16' is FP16", "raw_input_contents"
            )

    run(scenario())
    from bridge.errors import OutOfRange
    from bridge.kserve.inputs import rows_of
    from models.module.tensors import Tensor

    for datatype, field, value in (("INT8", "int_contents", 128), ("UINT8", "uint_contents", 2**32 - 1)):
        request = asks_typed("m", datatype, "x", [1, 1], **{field: [value]})
        with pytest.raises(OutOfRange, match=f"outside {datatype}; send"):
            rows_of(read_asked(request.SerializeToString()), "m", {"x": Tensor(datatype.lower(), (1,))}, 4)


# -- odd, but meant --------------------------------------------------------------------------------------------------


def test_any_byte_but_0_is_true_and_arrays_are_the_requests_own() -> None:
    from bridge.kserve.inputs import rows_of
    from models.module.tensors import Tensor

    request = asks("m", {"x": np.zeros((1, 3), np.bool_), "y": np.zeros((1, 1), np.float64)})
    request.raw_input_contents[0] = b"\x00\x01\x02"
    tensors = {"x": Tensor("bool", (3,)), "y": Tensor("float64", (1,))}
    (row,) = rows_of(read_asked(b"\x1a\x01a" + request.SerializeToString()), "m", tensors, 4)
    assert row["x"].view(np.uint8).tolist() == [0, 1, 1]
    assert row["y"].flags.aligned
    assert row["y"].flags.writeable


def test_numbers_that_are_none_go_to_the_model(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            assert np.isnan(values(await client.infer(asks("gate", number(NAN)))))
            request = asks_typed("gate", "FP32", "number", [1, 1], fp32_contents=[NAN])
            assert np.isnan(values(await client.infer(request)))

    run(scenario())


def test_fields_come_in_any_order_and_unknown_ones_are_skipped(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            request = asks("gate", number(3.0))
            whole = request.SerializeToString()
            request.ClearField("raw_input_contents")
            head = request.SerializeToString()
            data = whole[len(head) :] + b"\xa0\x06\x01" + head
            answer = type(await client.infer(request := asks("gate", number()))).FromString(
                await client.start("ModelInfer", data)
            )
            assert values(answer).item() == 3.0

    run(scenario())
