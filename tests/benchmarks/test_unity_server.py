"""The server with a log of frames: it logs what its clients receive."""

import asyncio
from pathlib import Path

import grpc.aio
import numpy as np
import pytest
from harness.process import server
from unity.check import read_log
from unity.counts import read_counts
from unity.server import DIGITS, SIDE, digest, pattern
from unity.traffic import Sample, rates

from bridge.client import BridgeClient, Frame
from bridge.v1 import bridge_pb2, bridge_pb2_grpc

SERVER = str(Path(__file__).parents[2] / "benchmarks" / "unity" / "server.py")


def test_every_frame_has_its_own_pattern() -> None:
    keys = [("a", 0, 1), ("a", 0, 2), ("a", 1, 1), ("b", 0, 1)]
    pictures = [pattern(key) for key in keys]
    assert all(picture.shape == (SIDE, SIDE, 4) for picture in pictures)
    assert len({digest(picture.data) for picture in pictures}) == len(keys)
    assert np.array_equal(pictures[0], pattern(keys[0]))


def test_every_row_identifies_its_frame() -> None:
    one, other = pattern(("a", 0, 1)), pattern(("a", 0, 2))
    assert all(not np.array_equal(one[row, :8], other[row, :8]) for row in range(SIDE))


def test_a_digest_is_short_and_depends_on_all_bytes() -> None:
    assert len(digest(b"x")) == DIGITS
    assert digest(bytes(1000)) != digest(bytes(999) + b"\1")


@pytest.mark.parametrize("shared_memory", [False, True])
def test_the_log_has_what_clients_receive(tmp_path: Path, shared_memory: bool) -> None:
    log = tmp_path / "log"
    with server(SERVER, "--pattern", "--models", "avatar", "--log", str(log)) as (address, _):
        session, got = asyncio.run(_frames(address, shared_memory))
    sent, said = read_log(log)
    assert not said
    noted = {(frame.session, frame.slot, frame.frame): frame for frame in sent}
    assert len(got) == 10
    for index, seen in got:
        frame = noted[session, 0, index]
        assert frame.digest == seen
        assert 0 < frame.sent - frame.tick < 60


def test_messages_are_counted_each_way(tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    with server(SERVER, "--pattern", "--models", "avatar", "--counts", str(counts)) as (address, _):
        assert read_counts(counts) == (0, 0)
        asyncio.run(_frames(address, shared_memory=True))
        up, down = read_counts(counts)
    assert 10 < up < 40, "ten requests, one by one, and what opens a stream"
    assert 10 <= down < 40


@pytest.mark.parametrize("options", [[], ["--unbundled"]])
def test_a_server_may_know_no_bundles(options: list[str]) -> None:
    with server(SERVER, "--pattern", "--models", "avatar", *options) as (address, _):
        assert asyncio.run(_agrees_to_bundles(address)) == (not options)


async def _agrees_to_bundles(address: str) -> bool:
    async with grpc.aio.insecure_channel(address) as channel:
        hello = bridge_pb2.HandshakeRequest(
            protocol=bridge_pb2.ProtocolVersion(major=1, minor=4), client_name="test", wants_bundles=True
        )
        answer = await bridge_pb2_grpc.BridgeServiceStub(channel).Handshake(hello)
        return bool(answer.bundles)


def test_rates_are_per_second_and_cpu_in_milliseconds() -> None:
    first = Sample(10.0, 100, 200, server=1.0, client=2.0, threads={"main": 0.5, "ended": 0.5})
    last = Sample(12.0, 300, 260, server=1.5, client=2.3, threads={"main": 0.6, "new": 0.1})
    assert rates(first, last) == {
        "up": 100.0,
        "down": 30.0,
        "server_cpu_ms": 250.0,
        "client_cpu_ms": 150.0,
        "client_other_threads_cpu_ms": 100.0,
        "client_threads_cpu_ms": {"main": 50.0, "new": 50.0},
    }


async def _frames(address: str, shared_memory: bool) -> tuple[str, list[tuple[int, str]]]:
    """Indices and digests of ten frames, requested one by one."""
    async with BridgeClient(address, shared_memory=shared_memory) as bridge, bridge.avatars() as avatars:
        avatars.set_look(0, seed=1)
        got = []
        for _ in range(10):
            frame = await avatars.frame(0, budget=60.0)
            assert isinstance(frame, Frame)
            got.append((frame.frame_index, digest(frame.payload)))
        return bridge.session_id, got
