"""How tensors travel: in parts and chunks, or through memory that client and server share."""

import asyncio
from typing import Any

import numpy as np
import pytest
from grpc.aio._call import StreamStreamCall

from bridge.client.inference.results import Results
from bridge.client.inference.upload import UploadMemory
from bridge.config import Limits
from tests.client.inference.scenes import Heard, inferred, playing, upload_memory
from tests.conftest import Run
from tests.serving.own import Gate, Mind, Style, called, held, mind, picture, style
from tests.waiting import held as mapped
from tests.waiting import named, until

SIZE = 3 * 48 * 64 * 4  # bytes of `picture()`, and of `style`'s output for it
OVER_THE_WIRE = {"shared_memory": False}


@pytest.fixture
def chunks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of each chunk of a result that a client receives; 0 for one through shared memory."""
    sizes: list[int] = []
    take = Results.take

    def noting(results: Results, chunk: Any, part: Any) -> Any:
        sizes.append(len(part))
        return take(results, chunk, part)

    monkeypatch.setattr(Results, "take", noting)
    return sizes


async def check(bridge: Any, seed: int = 0) -> None:
    """One picture comes back as it should."""
    answer = inferred(await bridge.model("style").infer(image=picture(seed=seed)))
    np.testing.assert_array_equal(answer["image"], called(Style(), image=picture(seed=seed))["image"])
    assert answer["image"].flags.writeable


def test_on_one_host_tensors_go_through_shared_memory_both_ways(run: Run, heard: Heard, chunks: list[int]) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, server):
            for seed in range(3):
                await check(bridge, seed)
            asked = heard.of_kind("request")
            assert all(request.HasField("upload") for request in asked)
            assert heard.payloads == []
            assert chunks == [0, 0, 0]
            await until(lambda: sum(len(release.stamps) for release in heard.of_kind("release")) == 3)
            (session,) = server.server.backend.sessions
            shared = session.shared
            assert shared is not None
            await until(lambda: shared.payload_count == 0)
            assert len(upload_memory(bridge)) == 0

    run(scene())


def test_what_is_freed_meanwhile_goes_in_one_message(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        async with playing(style()) as (bridge, _), bridge.model("style"):
            assert bridge._inferences is not None
            for stamp in (1, 2, 3):
                bridge._inferences._stream.release(stamp)
            await until(lambda: heard.of_kind("release"))
            (release,) = heard.of_kind("release")
            assert sorted(release.stamps) == [1, 2, 3]

    run(scene())


def test_a_client_that_shares_no_memory_gets_all_over_the_wire(run: Run, heard: Heard, chunks: list[int]) -> None:
    async def scene() -> None:
        async with playing(style(), client=OVER_THE_WIRE) as (bridge, _):
            await check(bridge)
            assert (heard.payloads, chunks) == ([SIZE], [SIZE])
            assert heard.of_kind("release") == []

    run(scene())


@pytest.mark.parametrize(
    ("limits", "up", "down"),
    [
        (Limits(upload_memory_bytes=0), [SIZE], [0]),
        (Limits(shared_memory_bytes=0), [], [SIZE]),
        (Limits(upload_memory_bytes=SIZE, shared_memory_bytes=SIZE), [SIZE], [SIZE]),  # the key leaves no room
    ],
)
def test_what_does_not_fit_into_memory_goes_over_the_wire(
    run: Run, heard: Heard, chunks: list[int], limits: Limits, up: list[int], down: list[int]
) -> None:
    async def scene() -> None:
        async with playing(style(), limits=limits) as (bridge, _):
            await check(bridge)
            assert (heard.payloads, chunks) == (up, down)

    run(scene())


def test_a_few_bytes_are_not_worth_sharing(run: Run, heard: Heard, chunks: list[int]) -> None:
    async def scene() -> None:
        async with playing(mind()) as (bridge, _):
            assert await bridge.model("mind").infer(state=[0] * 16, mood=0)
            assert (heard.payloads, chunks) == ([72], [20])

    run(scene())


def test_large_tensors_go_in_parts_and_come_in_chunks(run: Run, heard: Heard, chunks: list[int]) -> None:
    limits = Limits(infer_message_bytes=10_000, chunk_bytes=15_000)

    async def scene() -> None:
        async with playing(style(), limits=limits, client=OVER_THE_WIRE) as (bridge, _):
            for seed in range(2):
                await check(bridge, seed)
            assert heard.payloads == 2 * [10_000, 10_000, 10_000, SIZE - 30_000]
            assert [part.part_offset for part in heard.of_kind("part")] == 2 * [10_000, 20_000, 30_000]
            assert chunks == 2 * [15_000, 15_000, SIZE - 30_000]
            assert bridge._inferences is not None
            assert bridge._inferences._results.rate.bytes_per_second > 0

    run(scene())


def test_several_requests_in_parts_may_be_open_at_once(run: Run, heard: Heard) -> None:
    async def scene() -> None:
        limits = Limits(infer_message_bytes=10_000, chunk_bytes=10_000)
        async with playing(style(max_batch=1), limits=limits, client=OVER_THE_WIRE) as (bridge, _):
            await asyncio.gather(*(check(bridge, seed) for seed in range(6)))
            assert sum(heard.payloads) == 6 * SIZE

    run(scene())


def test_upload_memory_belongs_to_a_request_until_it_is_answered(run: Run, heard: Heard) -> None:
    """Three pictures fit, others go over the wire. A caller that leaves frees nothing, the server does."""

    async def scene() -> None:
        gate, limits = Gate(), Limits(upload_memory_bytes=3 * SIZE + 64)
        async with playing(style(max_batch=1), held(gate), limits=limits) as (bridge, _):
            await check(bridge)
            memory = upload_memory(bridge)
            gate.close()
            try:
                holding = asyncio.ensure_future(bridge.model("held").infer(number=[1]))
                await until(gate.entered.is_set)
                waiting = [asyncio.ensure_future(check(bridge, seed)) for seed in range(4)]
                await until(lambda: len(heard.of_kind("request")) == 6)
                assert len(memory) == 3
                assert heard.payloads == [4, SIZE]
                waiting[0].cancel()
                await until(lambda: len(memory) == 2)
                assert len(heard.of_kind("cancel")) == 1
            finally:
                gate.open()
            await asyncio.gather(holding, *waiting[1:])
            assert len(memory) == 0

    run(scene())


def test_memory_loses_its_name_once_it_is_used_and_is_unmapped_with_the_client(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths: list[str] = []
    attach = UploadMemory.attach.__func__  # type: ignore[attr-defined]

    def noting(kind: Any, offer: Any) -> Any:
        paths.append(offer.path)
        return attach(kind, offer)

    monkeypatch.setattr(UploadMemory, "attach", classmethod(noting))

    async def scene() -> None:
        async with playing(style()) as (bridge, _), bridge.model("style") as model:
            assert named(paths[0])
            paths.append(bridge._connection.handshake.shared_memory.path)
            assert await model.infer(image=picture())
            assert not any(map(named, paths))
            assert all(map(mapped, paths))
        assert not any(map(mapped, paths))

    run(scene())


def test_arrays_may_be_changed_as_soon_as_a_call_returns(run: Run) -> None:
    async def scene(**client: Any) -> None:
        async with playing(style(), client=client) as (bridge, _), bridge.model("style") as model:
            image = picture()
            future = model.request(image=image)
            image[:] = 0
            answer = inferred(await future)
            np.testing.assert_array_equal(answer["image"], called(Style(), image=picture())["image"])

    run(scene())
    run(scene(**OVER_THE_WIRE))


@pytest.mark.parametrize("bundles", [True, False])
def test_requests_of_one_turn_go_up_as_one_message(run: Run, monkeypatch: pytest.MonkeyPatch, bundles: bool) -> None:
    """Each with its tensors, after those that are too large to share a message."""
    sizes: list[int] = []
    write = StreamStreamCall.write

    async def noting(call: Any, data: bytes) -> None:
        sizes.append(len(data))
        await write(call, data)

    monkeypatch.setattr(StreamStreamCall, "write", noting)

    async def scene() -> None:
        async with (
            playing(mind(), style(), client={**OVER_THE_WIRE, "bundles": bundles}) as (bridge, _),
            bridge.model("mind") as model,
            bridge.model("style") as large,
        ):
            sizes.clear()
            first = large.request(image=picture())
            states = [np.full(16, number, np.float32) for number in range(8)]
            futures = [model.request(slot=slot, state=state, mood=1) for slot, state in enumerate(states)]
            np.testing.assert_array_equal(inferred(await first)["image"], called(Style(), image=picture())["image"])
            for state, answer in zip(states, await asyncio.gather(*futures), strict=True):
                expected = called(Mind(), state=state, mood=np.int64(1))
                np.testing.assert_allclose(inferred(answer)["action"], expected["action"], rtol=1e-5)
            assert len(sizes) == (2 if bundles else 9)
            assert sizes[0] > SIZE > sizes[1]

    run(scene())
