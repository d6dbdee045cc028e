"""Tensors through memory that client and server on one host share: results down, requests up."""

import mmap
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bridge.config import Limits
from bridge.v1 import error_pb2, inference_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.inference.rig import (
    MINOR_3,
    own_server,
    parted,
    picture,
    request,
    result,
    status,
    styled,
    tensors,
)
from tests.conftest import Run
from tests.serving.client import N, connected, read
from tests.waiting import until


def mapped(offer: Any) -> mmap.mmap:
    """The file that a server offers, to write."""
    descriptor = os.open(offer.path, os.O_RDWR)
    try:
        memory = mmap.mmap(descriptor, offer.size_bytes)
    finally:
        os.close(descriptor)
    assert memory[:16] == offer.key
    return memory


def is_there(path: str) -> bool:
    return Path(path).exists()


def uploaded(index: int, offset: int, **arrays: Any) -> Any:
    """A request whose bytes lie in the upload memory."""
    message = request("style", index, **arrays)
    message.payload = b""
    message.request.upload.offset_bytes = offset
    return message


def test_results_come_through_the_session_s_memory_until_they_are_released(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            shaken = await client.handshake(protocol=MINOR_3, wants_shared_memory=True)
            memory = mapped(shaken.shared_memory)
            call = await client.open_inference(shared_memory_attached=True)
            shared = own.backend.sessions.find(client.session).shared
            stamps = []
            for index in (1, 2):
                await call.write(request("style", index, image=picture(index)))
                head = await shared_result(call)
                place = head.shared
                assert memory[place.offset_bytes - 8 : place.offset_bytes] == place.stamp.to_bytes(8, "little")
                data = memory[place.offset_bytes : place.offset_bytes + head.total_bytes]
                np.testing.assert_array_equal(parted(head.outputs, data)["image"], styled(picture(index))["image"][0])
                stamps.append(place.stamp)
            assert shared.payload_count == 2
            release = N.InferRelease(stamps=[*stamps, 12345])  # one that there is none of
            await call.write(N.InferRequest(release=release))
            await until(lambda: shared.payload_count == 0)
            memory.close()

    run(scenario())


async def shared_result(call: Any) -> Any:
    """The next result, whose bytes are elsewhere."""
    message = await read(call)
    assert message.WhichOneof("message") == "result", message
    assert not message.result.payload
    return message.result


def test_a_stream_that_ends_gives_its_memory_back(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            await client.handshake(protocol=MINOR_3, wants_shared_memory=True)
            call = await client.open_inference(shared_memory_attached=True)
            other = await client.open_inference(shared_memory_attached=True)
            session = next(session for session in own.backend.sessions if session.streams)
            await call.write(request("style", 1, image=picture(1)))
            await shared_result(call)
            assert session.shared.payload_count == 1
            call.cancel()
            await until(lambda: session.shared.payload_count == 0)
            await other.write(request("style", 1, image=picture(1)))
            await shared_result(other)

    run(scenario())


def test_requests_are_copied_from_the_upload_memory(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference(wants_upload_memory=True)
            offer = call.opened.upload_memory
            memory = mapped(offer)
            first, last = picture(1), picture(2)
            end = offer.size_bytes - last.nbytes
            memory[16 : 16 + first.nbytes], memory[end:] = first.tobytes(), last.tobytes()
            async with device_held(own):  # type: ignore[arg-type]
                await call.write(uploaded(1, 16, image=first))
                await call.write(uploaded(2, end, image=last))
                await until(lambda: own.backend.engine.open_jobs == 2)
                memory[16:] = bytes(offer.size_bytes - 16)  # both have been copied by now
                assert not is_there(offer.path)
            for image, (_, outputs) in ((first, await result(call)), (last, await result(call))):
                plain = styled(first, last)["image"][0 if image is first else 1]
                np.testing.assert_array_equal(outputs["image"], plain)
            memory.close()

    run(scenario())


@pytest.mark.parametrize("offset", [-1, 0, 15, 4 * 1024 * 1024 - 24_575, 2**62])
def test_a_range_outside_of_the_upload_memory_is_refused(run: Run, offset: int) -> None:
    async def scenario() -> Any:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference(wants_upload_memory=True)
            await call.write(uploaded(1, offset, image=picture(1)))
            return (await status(call)).outcome

    outcome = run(scenario())
    assert outcome.disposition == error_pb2.DISPOSITION_INVALID
    assert f"offset_bytes is {offset}; 24,576 bytes of the upload memory may lie from 16" in outcome.error.message


def test_memory_that_a_client_truncated_fails_its_own_request_alone(run: Run) -> None:
    async def scenario() -> None:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference(wants_upload_memory=True)
            os.truncate(call.opened.upload_memory.path, 1000)
            await call.write(uploaded(1, 16, image=picture(1)))
            assert "the upload memory has been truncated" in (await status(call)).outcome.error.message
            await call.write(request("style", 2, image=picture(2)))
            assert (await result(call))[0].request_index == 2

    run(scenario())


def test_a_request_has_its_bytes_in_one_place(run: Run) -> None:
    async def scenario() -> Any:
        async with own_server(models=("style",)) as own, connected(own.port, protocol=MINOR_3) as client:
            call = await client.open_inference(wants_upload_memory=True)
            message = uploaded(1, 16, image=picture(1))
            message.payload = b"x"
            await call.write(message)
            return (await status(call)).outcome.error.message

    assert "both `upload` and `payload`" in run(scenario())


@pytest.mark.parametrize(
    ("limits", "given"), [(Limits(upload_memory_bytes=0), 0), (Limits(upload_memory_total_bytes=3 << 22), 1)]
)
def test_upload_memory_is_offered_where_there_is_room(run: Run, limits: Limits, given: int) -> None:
    async def scenario() -> None:
        async with (
            own_server(models=("style",), limits=limits) as own,
            connected(own.port, protocol=MINOR_3) as client,
        ):
            calls = [await client.open_inference(wants_upload_memory=True) for _ in range(3)]
            offered = [call for call in calls if call.opened.HasField("upload_memory")]
            assert len(offered) == given  # half of it for one address
            assert not (await client.open_inference()).opened.HasField("upload_memory")
            for call in offered:
                path = call.opened.upload_memory.path
                assert is_there(path)
                call.cancel()
                await until(partial(lambda path: not is_there(path), path))
            again = await client.open_inference(wants_upload_memory=True)
            assert again.opened.HasField("upload_memory") == bool(given)

    run(scenario())


def test_what_names_upload_memory_declares_its_tensors_as_any_other() -> None:
    message = uploaded(1, 16, image=picture(1))
    assert message.request.inputs == inference_pb2.InferenceRequest(inputs=tensors(image=picture(1))).inputs
