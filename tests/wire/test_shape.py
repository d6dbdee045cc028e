"""Messages that cost the server more than they cost their sender are refused before they are read."""

import logging
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.config import Limits
from bridge.errors import ContractBroken
from bridge.v1 import avatar_pb2, bridge_pb2, dialogue_pb2, inference_pb2, recognition_pb2
from bridge.wire.shape import CONTROL_BYTES, MOST_DIALOGUE_FIELDS, MOST_FIELDS, check_shape, largest
from tests.conftest import Run
from tests.serving.client import A, B, D, N, R, assert_serves, connected, ended, read, say
from tests.serving.server import FakeServer
from tests.wire.outcomes import INVALID, assert_aborted, assert_invalid, outcome_of

MIB = 1 << 20
STREAMS = {
    "StreamAvatar": "/bridge.v1.AvatarService/StreamAvatar",
    "Converse": "/bridge.v1.DialogueService/Converse",
    "Recognize": "/bridge.v1.RecognitionService/Recognize",
    "Infer": "/bridge.v1.InferenceService/Infer",
    "Probe": "/bridge.v1.BridgeService/Probe",
}


def inside(tag: int, data: bytes) -> bytes:
    """A field that holds a message."""
    return bytes((tag << 3 | 2,)) + varint(len(data)) + data


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


HOSTILE: dict[str, tuple[str, bytes]] = {
    "a field again and again": ("Probe", b"\x08\x01" * (15 * MIB // 2)),
    "a payload behind many fields": ("Probe", b"\x08\x01" * 3000 + b"\x7a\x04abcd"),
    "empty tasks": ("Recognize", inside(2, b"\x1a\x00" * (7 * MIB))),
    "fields of an image": ("Recognize", inside(2, inside(15, b"\x08\x01" * (4 * MIB)))),
    "fields that nobody knows": ("Recognize", inside(2, b"\xa0\x06\x01" * (4 * MIB))),
    "empty attributes": ("StreamAvatar", inside(2, inside(2, b"\x12\x00" * 30_000))),
    "empty tensors": ("Infer", inside(2, b"\x32\x00" * 30_000)),
    "sizes one by one": ("Infer", inside(2, inside(6, b"\x18\x01" * 30_000))),
    "stops": ("Converse", inside(2, inside(5, b"\x32\x00" * 30_000))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_of_too_many_fields_is_refused(run: Run, fake: FakeServer, name: str) -> None:
    method, data = HOSTILE[name]

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = client.raw(STREAMS[method])
            if method != "Probe":
                opening = {
                    "StreamAvatar": A.StreamAvatarRequest,
                    "Converse": D.ConverseRequest,
                    "Infer": N.InferRequest,
                }
                kind: Any = (opening | {"Infer": N.InferRequest}).get(method, R.RecognizeRequest)
                message = kind()
                message.open.session_id = client.session
                await call.write(message.SerializeToString())
                await call.read()
            await call.write(data)
            most = MOST_DIALOGUE_FIELDS if method == "Converse" else MOST_FIELDS
            assert_aborted(await ended(call), INVALID, "MALFORMED", f"more than {most:,} fields")
            await assert_serves(fake.port)

    run(scenario())


@pytest.mark.parametrize(
    ("method", "data"),
    [
        ("Handshake", B.HandshakeRequest(texture_formats=[1] * 100_000)),
        ("Handshake", B.HandshakeRequest(client_name="n" * CONTROL_BYTES)),
        ("LoadModel", B.LoadModelRequest(name="m" * 8_000_000)),
        ("EndSession", B.EndSessionRequest(session_id="s" * MIB)),
        ("Ping", None),
    ],
)
def test_calls_of_control_are_small(run: Run, fake: FakeServer, method: str, data: Any) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            sent = data.SerializeToString() if data is not None else b"\xa2\x06" + varint(MIB) + bytes(MIB)
            call = client.raw_call(f"/bridge.v1.BridgeService/{method}", sent)
            assert_aborted(await ended(call), INVALID, "TOO_LARGE", f"{CONTROL_BYTES:,}")
            await assert_serves(fake.port)

    run(scenario())


def test_what_is_echoed_is_cut(run: Run, fake: FakeServer) -> None:
    """A name of 60,000 characters comes back neither in a sentence nor as a conversation's id."""

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = client.raw_call(
                "/bridge.v1.BridgeService/LoadModel", B.LoadModelRequest(name="ü" * 30_000).SerializeToString()
            )
            code, detail = await ended(call)
            assert code == grpc.StatusCode.NOT_FOUND
            assert len(detail.message) < 1100
            talk = await client.open_dialogue()
            await talk.write(say("hello", conversation="c" * 60_000))
            answer = await read(talk)
            assert_invalid(outcome_of(answer), "OUT_OF_RANGE", "conversation_id")
            assert answer.ByteSize() < 1000

    run(scenario())


def test_what_a_client_has_reason_to_send_is_taken(run: Run, fake: FakeServer) -> None:
    """The largest honest messages: a persona with all stops, four tasks on a picture of many megabytes."""

    async def scenario() -> None:
        async with connected(fake.port) as client:
            talk = await client.open_dialogue()
            persona = "You are kind."
            sampling = D.Sampling(repetition_penalty=1, top_p=1, max_new_tokens=9, stop=[f"stop {i}" for i in range(8)])
            await talk.write(say("hello", persona=persona, sampling=sampling))
            answer = await read(talk)
            assert answer.WhichOneof("event") == "started", answer

    run(scenario())
    for kind in (A.StreamAvatarRequest, D.ConverseRequest, R.RecognizeRequest, N.InferRequest):
        check_shape(kind.DESCRIPTOR, b"")
    frame = R.CameraFrame(tasks=[R.RecognitionTask(kind=1)] * 4, image={"data": bytes(11 * MIB), "width": 9})
    check_shape(R.RecognizeRequest.DESCRIPTOR, R.RecognizeRequest(frame=frame).SerializeToString())


def test_only_pictures_and_probes_may_be_large() -> None:
    limits = Limits()
    services = [
        descriptor.services_by_name.values()
        for descriptor in (
            avatar_pb2.DESCRIPTOR,
            bridge_pb2.DESCRIPTOR,
            dialogue_pb2.DESCRIPTOR,
            inference_pb2.DESCRIPTOR,
            recognition_pb2.DESCRIPTOR,
        )
    ]
    sizes = {method.name: largest(method, limits) for group in services for each in group for method in each.methods}
    assert {name for name, size in sizes.items() if size == limits.message_bytes} == {"Probe", "Recognize"}
    assert sizes["Infer"] == CONTROL_BYTES + limits.infer_message_bytes
    rest = sizes.keys() - {"Probe", "Recognize", "Converse", "Infer"}
    assert {sizes[name] for name in rest} == {CONTROL_BYTES}


@given(counts=st.lists(st.integers(0, 700), min_size=1, max_size=4))
@settings(deadline=None)
def test_all_fields_are_counted_however_deep(counts: list[int]) -> None:
    formats = bridge_pb2.ListModelsResponse(
        models=[bridge_pb2.Model(name="x" * 5000, rungs=["r"] * count) for count in counts]
    )
    total = len(counts) + sum(1 + count for count in counts)
    refused: Callable[[], None] = lambda: check_shape(formats.DESCRIPTOR, formats.SerializeToString())  # noqa: E731
    if total > MOST_FIELDS:
        with pytest.raises(ContractBroken):
            refused()
    else:
        refused()


@given(data=st.binary(max_size=5000), repeat=st.integers(1, 5000))
@settings(deadline=None)
def test_any_bytes_are_counted_or_refused(data: bytes, repeat: int) -> None:
    try:
        check_shape(recognition_pb2.RecognizeRequest.DESCRIPTOR, data * repeat)
    except ContractBroken as error:
        logging.getLogger(__name__).debug("refused: %s", error)


def test_fields_inside_of_several_messages_are_counted_together() -> None:
    def models(*counts: int) -> bytes:
        several = [bridge_pb2.Model(name="x" * 5000, rungs=["r"] * count) for count in counts]
        return bridge_pb2.ListModelsResponse(models=several).SerializeToString()

    half = MOST_FIELDS // 2 - 2  # and the two fields of the model itself
    check_shape(bridge_pb2.ListModelsResponse.DESCRIPTOR, models(half, half))
    with pytest.raises(ContractBroken, match="more than 1,024 fields"):
        check_shape(bridge_pb2.ListModelsResponse.DESCRIPTOR, models(half, half + 1))
