"""Texture frames in every format: what the client decodes is what was painted, and cheaper ones stand in under load."""

from typing import Any

import pytest

from bridge.policy.scheduler import Scheduler
from bridge.v1 import media_pb2, timing_pb2
from bridge.wire.texture_formats import WIRE, agreed, cheaper, expected_bytes, offered
from tests.codecs.decoding import decoded
from tests.conftest import Run
from tests.serving.client import ask, connected, look, read
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer, serving

M = media_pb2
_SOON = timing_pb2.Budget(budget_micros=2_000_000)


def pixels(frame: Any) -> Any:
    """A frame's rows as they come, RGBA."""
    return decoded(frame.payload, WIRE[frame.format], frame.width, frame.height)


@pytest.mark.parametrize("bottom_up", [False, True])
@pytest.mark.parametrize("number", WIRE, ids=M.TextureFormat.Name)
def test_a_frame_can_be_sampled_in_every_format(run: Run, fake: FakeServer, number: int, bottom_up: bool) -> None:
    async def scenario() -> None:
        order = M.ROW_ORDER_BOTTOM_UP if bottom_up else M.ROW_ORDER_TOP_DOWN
        formats = [M.TEXTURE_FORMAT_RGBA32, number]
        async with connected(fake.port, texture_formats=formats, texture_row_order=order) as client:
            call = await client.open_avatars()
            await call.write(look(seed=7))
            await call.write(ask(1))
            raw = (await read(call)).frame
            await call.write(ask(2, received=1, format=number))
            frame = (await read(call)).frame
            assert (frame.format, frame.width, frame.height) == (number, 64, 64)
            assert (frame.color_space, frame.alpha_mode) == (M.COLOR_SPACE_SRGB, M.ALPHA_MODE_PREMULTIPLIED)
            flipped = bottom_up and not WIRE[number].is_file
            assert frame.row_order == (M.ROW_ORDER_BOTTOM_UP if flipped else M.ROW_ORDER_TOP_DOWN)
            expected = pixels(raw).astype(int)
            seen = pixels(frame)[:: -1 if flipped != bottom_up else 1].astype(int)
            assert abs(seen - expected)[..., :3].max() <= 12
            assert frame.timing.rung == "avatar.64"
            if number != M.TEXTURE_FORMAT_RGBA32:
                assert frame.timing.encode_micros > 0
                assert frame.timing.slice_count > raw.timing.slice_count

    run(scenario())


def test_only_what_the_client_can_sample_is_agreed(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        wanted = [M.TEXTURE_FORMAT_BC7, 999, M.TEXTURE_FORMAT_BC3, M.TEXTURE_FORMAT_BC7]
        async with connected(fake.port, texture_formats=wanted) as client:
            response = await client.handshake(texture_formats=wanted)
            assert list(response.texture_formats) == [M.TEXTURE_FORMAT_BC7, M.TEXTURE_FORMAT_BC3]

    run(scenario())


async def _slow(server: FakeServer, **lanes: float) -> None:
    """Have the lanes predicted to take so many seconds."""

    def warm(scheduler: Scheduler) -> None:
        for name, seconds in lanes.items():
            lane = name.replace("_", ".")
            for batch in range(1, scheduler.lanes[lane].cap + 1):
                slices = scheduler.latency.slices(lane, batch)
                scheduler.latency.warm(lane, batch, [seconds / slices] * slices)

    await server.backend.engine.call(warm)


def test_a_cheaper_format_stands_in_when_the_encoder_is_too_slow(run: Run) -> None:
    async def scenario() -> None:
        formats = [M.TEXTURE_FORMAT_BC7, M.TEXTURE_FORMAT_BC3]
        async with serving() as server, connected(server.port, texture_formats=formats) as client:
            await _slow(server, texture_bc7=5.0)
            call = await client.open_avatars()
            await call.write(look(seed=7))
            await call.write(ask(1, budget=_SOON))
            frame = (await read(call)).frame
            assert frame.format == M.TEXTURE_FORMAT_BC3
            assert (frame.timing.rung, frame.timing.rung_index) == ("avatar.64/cheaper", 1)
            assert pixels(frame).shape == (64, 64, 4)

    run(scenario())


def test_a_cheaper_format_stands_in_when_the_link_is_slow(run: Run) -> None:
    """16 KiB of RGBA32 would take four seconds, 4 KiB of BC3 take one."""

    async def scenario() -> None:
        formats = [M.TEXTURE_FORMAT_RGBA32, M.TEXTURE_FORMAT_BC3]
        async with serving() as server, connected(server.port, texture_formats=formats) as client:
            call = await client.open_avatars()
            await call.write(look(seed=7))
            budget = timing_pb2.Budget(budget_micros=2_000_000, link_bytes_per_second=4096)
            await call.write(ask(1, budget=budget))
            frame = (await read(call)).frame
            assert (frame.format, frame.timing.rung) == (M.TEXTURE_FORMAT_BC3, "avatar.64/cheaper")

    run(scenario())


def test_a_smaller_texture_stands_in_when_the_model_is_too_slow_and_quality_climbs_back(run: Run) -> None:
    async def scenario() -> None:
        fakes = Fakes(avatar=FakeAvatar(smaller=True))
        async with serving(fakes) as server, connected(server.port) as client:
            call = await client.open_avatars()
            await call.write(look(seed=7))
            await _slow(server, avatar_64=5.0)
            await call.write(ask(1, budget=_SOON))
            frame = (await read(call)).frame
            assert (frame.width, frame.height, len(frame.payload)) == (32, 32, 32 * 32 * 4)
            assert frame.timing.rung == "avatar.32/cheaper"
            await _slow(server, avatar_64=0.001)
            sizes, index = [frame.width], 1
            while sizes[-1] == 32:
                index += 1
                await call.write(ask(index, received=index - 1, budget=_SOON))
                sizes.append((await read(call)).frame.width)
            assert len(sizes) > 10, "it stays down for a while"

    run(scenario())


def test_the_last_texture_is_repeated_only_in_the_format_it_was_made_in(run: Run) -> None:
    async def scenario() -> None:
        formats = [M.TEXTURE_FORMAT_BC3, M.TEXTURE_FORMAT_PNG]
        async with serving() as server, connected(server.port, texture_formats=formats) as client:
            call = await client.open_avatars()
            await call.write(look(seed=7))
            await call.write(ask(1))
            first = (await read(call)).frame
            await _slow(server, avatar_64=5.0)
            await call.write(ask(2, received=1, budget=_SOON))
            again = (await read(call)).frame
            assert again.repeated_frame
            assert (again.payload, again.format) == (first.payload, first.format)
            await call.write(ask(3, received=2, budget=_SOON, format=M.TEXTURE_FORMAT_PNG))
            assert (await read(call)).WhichOneof("message") == "status"

    run(scenario())


def test_a_stand_in_is_always_smaller_or_quicker_and_keeps_alpha() -> None:
    everything = offered()
    assert agreed(everything) == everything
    for number in everything:
        other = cheaper(number, everything)
        if other is not None:
            assert WIRE[other].keeps_alpha
            assert expected_bytes(other, 64) <= expected_bytes(number, 64)
            assert cheaper(number, [number]) is None
