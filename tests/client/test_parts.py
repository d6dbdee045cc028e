"""The client's parts by themselves: chunks, PNG files, link, requests that wait, ticks of a subscription."""

import asyncio
import io
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bridge.client.answers import Disposition, Unanswered, reason_name, stage_name
from bridge.client.frames import MAX_FRAME_BYTES, Assembly, Frame, frame_of
from bridge.client.link.pending import MAX_PENDING, Key, Pending
from bridge.client.link.round_trip import Link
from bridge.client.subscription import Subscription
from bridge.errors import ContractBroken, Overloaded
from bridge.v1 import avatar_pb2, error_pb2, media_pb2, timing_pb2


def chunk(index: int, offset: int, total: int, payload: bytes) -> avatar_pb2.TextureFrame:
    return avatar_pb2.TextureFrame(frame_index=index, chunk_offset=offset, total_bytes=total, payload=payload)


def add(assembly: Assembly, whole: avatar_pb2.TextureFrame) -> bytes | None:
    return assembly.add(whole, whole.payload)


def cut(payload: bytes, size: int) -> list[tuple[int, bytes]]:
    return [(at, payload[at : at + size]) for at in range(0, len(payload), size)]


@settings(derandomize=True, deadline=None)
@given(payloads=st.lists(st.binary(min_size=1, max_size=400), min_size=1, max_size=4), size=st.integers(1, 150))
def test_chunks_become_the_frames_that_were_cut(payloads: list[bytes], size: int) -> None:
    assembly = Assembly()
    for index, payload in enumerate(payloads, 1):
        pieces = cut(payload, size)
        whole = [add(assembly, chunk(index, at, len(payload), piece)) for at, piece in pieces]
        assert whole == [None] * (len(pieces) - 1) + [payload]


@settings(derandomize=True, deadline=None)
@given(payload=st.binary(min_size=2, max_size=200), size=st.integers(1, 100), data=st.data())
def test_a_chunk_out_of_place_breaks_the_contract(payload: bytes, size: int, data: st.DataObject) -> None:
    pieces = cut(payload, size)
    first = data.draw(st.integers(0, len(pieces) - 1))
    wrong = data.draw(st.integers(-5, 250).filter(lambda at: at not in (0, pieces[first][0])))
    assembly = Assembly()
    for at, piece in pieces[:first]:
        add(assembly, chunk(1, at, len(payload), piece))
    with pytest.raises(ContractBroken):
        add(assembly, chunk(1, wrong, len(payload), pieces[first][1]))


@pytest.mark.parametrize(
    "bad",
    [
        chunk(1, 0, 0, b""),
        chunk(1, 0, -1, b"x"),
        chunk(1, 0, MAX_FRAME_BYTES + 1, b"x"),
        chunk(1, 0, 3, b"four"),
        chunk(1, 0, 3, b""),
        chunk(1, 2, 3, b"x"),
    ],
)
def test_absurd_chunks_break_the_contract(bad: avatar_pb2.TextureFrame) -> None:
    with pytest.raises(ContractBroken):
        add(Assembly(), bad)


def test_a_new_frame_abandons_an_unfinished_one() -> None:
    assembly = Assembly()
    assert add(assembly, chunk(1, 0, 4, b"ab")) is None
    assert add(assembly, chunk(2, 0, 4, b"wxyz")) == b"wxyz"
    with pytest.raises(ContractBroken):
        add(assembly, chunk(1, 2, 4, b"cd"))


def test_a_payload_has_to_fit_its_picture() -> None:
    short = avatar_pb2.TextureFrame(width=4, height=4, format=media_pb2.TEXTURE_FORMAT_RGBA32)
    with pytest.raises(ContractBroken, match="4x4"):
        frame_of(short, bytes(60), 0.0, 0.0)
    with pytest.raises(ContractBroken, match="format 99"):
        frame_of(avatar_pb2.TextureFrame(format=99), bytes(60), 0.0, 0.0)  # type: ignore[arg-type]


def test_names_newer_than_the_client_are_numbers() -> None:
    assert reason_name(error_pb2.ERROR_REASON_BUDGET_MISSED) == "budget_missed"
    assert reason_name(999) == "999"  # type: ignore[arg-type]
    assert stage_name(timing_pb2.STAGE_UNSPECIFIED) == ""


@settings(derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=60))
def test_the_link_is_what_most_recent_ways_took(measured: list[tuple[float, float]]) -> None:
    link = Link()
    assert link.micros == 0
    for round_trip, server in measured:
        link.measure(round_trip, server)
    recent = sorted(max(0.0, round_trip - server) for round_trip, server in measured[-32:])
    assert link.least == recent[0]
    assert sum(way <= link.seconds for way in recent) >= 0.7 * len(recent) - 1
    assert sum(way < link.seconds for way in recent) <= 0.7 * len(recent)


def test_requests_that_wait_are_bounded_and_end_with_the_stream() -> None:
    async def main() -> None:
        pending: Pending[str] = Pending()
        futures = [pending.ask(Key(0, index), 1.0) for index in range(MAX_PENDING)]
        with pytest.raises(Overloaded):
            pending.ask(Key(0, MAX_PENDING), 1.0)
        first = pending.take(Key(0, 0))
        assert first is not None
        pending.answer(first, "here")
        assert await futures[0] == "here"
        pending.drop("the wire was cut")
        answer = await futures[1]
        assert isinstance(answer, Unanswered)
        assert (answer.disposition, answer.message) == (Disposition.CANCELLED, "the wire was cut")
        assert len(pending) == 0

    asyncio.run(main())


def test_an_answer_that_never_comes_is_given_up_as_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.link.pending.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("bridge.client.link.pending._SWEEP_SECONDS", 0.0)

    async def main() -> None:
        pending: Pending[str] = Pending()
        answer = await pending.ask(Key(0, 1), 1e-6)
        assert isinstance(answer, Unanswered)
        assert answer.silent
        assert answer.reason == "no_answer"

    asyncio.run(main())


def tick(index: int, server: float) -> avatar_pb2.TextureFrame:
    return avatar_pb2.TextureFrame(frame_index=index, timing=timing_pb2.Timing(server_micros=round(server * 1e6)))


def test_a_subscribed_frame_is_dated_by_the_evenness_of_its_ticks() -> None:
    subscription = Subscription(avatar_pb2.AvatarSubscribe(frames_per_second=10.0))
    start = time.perf_counter()

    def arrives(index: int, server: float, way: float) -> float:
        now = start + index / 10 + server + way
        return subscription.elapsed(tick(index, server), now, link=0.002)

    assert arrives(1, 0.010, 0.002) == pytest.approx(0.012, abs=1e-4)
    assert arrives(2, 0.030, 0.002) == pytest.approx(0.032, abs=1e-4)
    assert arrives(3, 0.010, 0.052) == pytest.approx(0.062, abs=1e-4)
    assert arrives(4, 0.010, 0.302) == pytest.approx(0.312, abs=1e-4)  # late after a short stall, and told so
    start += 7.3  # a long one: the ticks have moved
    assert arrives(5, 0.010, 0.002) == pytest.approx(0.012, abs=1e-4)


PIXELS = np.random.default_rng(5).integers(0, 256, (6, 9, 4), np.uint8)
PIXELS[..., :3] = np.minimum(PIXELS[..., :3], PIXELS[..., 3:])  # premultiplied
PIXELS[0, 0] = 0


def frame_with(pixels: NDArray[np.uint8], row_order: media_pb2.RowOrder) -> Frame:
    height, width, _ = pixels.shape
    chunk = avatar_pb2.TextureFrame(
        width=width, height=height, format=media_pb2.TEXTURE_FORMAT_RGBA32, row_order=row_order
    )
    return frame_of(chunk, pixels.tobytes(), 0.0, 0.0)


@pytest.mark.parametrize(
    ("pixels", "row_order"), [(PIXELS, media_pb2.ROW_ORDER_TOP_DOWN), (PIXELS[::-1], media_pb2.ROW_ORDER_BOTTOM_UP)]
)
def test_in_a_png_file_colours_are_straight_and_the_top_row_is_first(
    pixels: NDArray[np.uint8], row_order: media_pb2.RowOrder
) -> None:
    with Image.open(io.BytesIO(frame_with(pixels, row_order).to_png())) as picture:
        picture.verify()
    with Image.open(io.BytesIO(frame_with(pixels, row_order).to_png())) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (9, 6))
        read = np.asarray(picture).astype(int)
    alpha = read[..., 3:]
    assert (alpha == PIXELS[..., 3:]).all()
    assert np.abs(read[..., :3] * alpha / 255 - PIXELS[..., :3]).max() <= 0.5


def test_in_a_png_file_a_transparent_pixel_stays_black() -> None:
    with Image.open(io.BytesIO(frame_with(PIXELS, media_pb2.ROW_ORDER_TOP_DOWN).to_png())) as picture:
        assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
