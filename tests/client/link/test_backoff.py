"""Coming back after a loss: pauses that grow, over connections that are dropped at once too, and an end to it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.client import BridgeClient
from bridge.client.link.backoff import STEADY_SECONDS, Backoff
from bridge.errors import CallFailed, ServerUnavailable
from bridge.v1 import avatar_pb2, error_pb2
from tests.client.fake import FakeBridge
from tests.client.scenes import play


def pauses(backoff: Backoff, now: float, serves: float) -> Iterator[float]:
    """The pauses before one connection after the other, each of which serves so many seconds."""
    while True:
        backoff.lost(now)
        pause = backoff.next(now)
        if pause is None:
            return
        yield pause
        backoff.connected(now + pause)
        now += pause + serves


@given(seed=st.integers(0, 2**32), serves=st.floats(0.0, STEADY_SECONDS - 0.01))
def test_connections_that_are_dropped_soon_are_tried_ever_less_often(seed: int, serves: float) -> None:
    waited = list(pauses(Backoff(3600.0, seed), 100.0, serves))[:12]
    assert waited[0] == 0.0, "the first loss may be bad luck"
    longest = [0.05 * 2**i for i in range(11)]
    for pause, whole in zip(waited[1:], longest, strict=False):
        assert min(whole, 2.0) / 2 <= pause <= min(whole, 2.0)


@given(seed=st.integers(0, 2**32))
def test_after_steady_service_a_loss_is_the_first_one_again(seed: int) -> None:
    waited = pauses(Backoff(30.0, seed), 0.0, STEADY_SECONDS)
    assert [next(waited) for _ in range(100)] == [0.0] * 100


@given(seed=st.integers(0, 2**32), patience=st.floats(0.1, 60.0), serves=st.floats(0.0, 5.0))
def test_patience_runs_from_the_first_loss_on(seed: int, patience: float, serves: float) -> None:
    waited = list(pauses(Backoff(patience, seed), 0.0, serves))
    assert sum(waited) + serves * (len(waited) - 1) <= patience + serves + 1e-6
    assert len(waited) < 40 * (1 + patience)


def test_clients_of_a_restarted_server_do_not_come_all_at_once() -> None:
    fourth = {list(pauses(Backoff(30.0, seed), 0.0, 0.0))[3] for seed in range(50)}
    assert len(fourth) == 50


class Dropping(FakeBridge):
    """Takes each connection and resets its streams at once, as a broken proxy does."""

    detail: error_pb2.ErrorDetail | None = None

    async def StreamAvatar(self, request_iterator: Any, context: Any) -> Any:
        await anext(aiter(request_iterator))
        yield avatar_pb2.StreamAvatarResponse(opened=avatar_pb2.AvatarOpened())
        metadata = (("framebridge-error-bin", self.detail.SerializeToString()),) if self.detail else ()
        await context.abort(grpc.StatusCode.INTERNAL, "Unexpected <class 'RuntimeError'>", trailing_metadata=metadata)


async def ask_for_ever(bridge: BridgeClient) -> None:
    async with bridge.avatars() as avatars:
        avatars.set_look(0, seed=1)
        while True:
            await avatars.frame(0, budget=5.0)  # refused at once while the connection is lost
            await asyncio.sleep(0.005)


def test_a_server_that_drops_every_stream_is_not_stormed_and_the_application_hears_of_it() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        with pytest.raises(ServerUnavailable, match=r"broke \(INTERNAL"):
            await ask_for_ever(bridge)
        assert len(fake.handshakes) < 12

    play(scene, Dropping(), reconnect=1.0)


def test_a_fault_that_the_server_tells_of_is_told_and_not_tried_again() -> None:
    fake = Dropping()
    fake.detail = error_pb2.ErrorDetail(message="the server failed on this call; its log has the cause under 12ab")

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        with pytest.raises(CallFailed, match="12ab"):
            await ask_for_ever(bridge)
        assert len(fake.handshakes) == 1

    play(scene, fake)
