"""Who is behind a client, and what one identity can take of what others need."""

from typing import Any

import pytest

from bridge.config import Limits
from bridge.wire.identity import identify
from tests.capabilities.recognition.test_recognition import DETECT
from tests.capabilities.recognition.test_recognition import frame as picture
from tests.conftest import Run
from tests.serving.client import B, Client, assert_serves, connected
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer, serving


@pytest.mark.parametrize(
    ("peer", "identity"),
    [
        ("ipv4:192.0.2.7:40312", "192.0.2.7"),
        ("ipv4:192.0.2.7:5", "192.0.2.7"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:40312", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2::9]:40312", "2001:db8:1:2::/64"),
        ("ipv6:%5B2001:db8:1:3::9%5D:40312", "2001:db8:1:3::/64"),
        ("ipv6:%5B::ffff:192.0.2.7%5D:40312", "192.0.2.7"),
        ("ipv6:%5Bfe80::1%25eth0%5D:40312", "fe80::/64"),
        ("unix:/run/bridge.sock", "unix"),
        ("unix-abstract:bridge", "unix-abstract"),
        ("", ""),
    ],
)
def test_an_address_without_its_port_is_an_identity(peer: str, identity: str) -> None:
    assert identify(peer) == identity


class ByName:
    """Tells clients apart by the order in which they connect: the first ones are one identity, the last one another."""

    def __init__(self, crowd: int) -> None:
        self._crowd = crowd
        self._seen: dict[str, str] = {}

    def __call__(self, peer: str) -> str:
        if peer not in self._seen:
            self._seen[peer] = "crowd" if len(self._seen) < self._crowd else "lone"
        return self._seen[peer]


async def with_identities(crowd: int, **config: Any) -> FakeServer:
    server = FakeServer(Fakes(), **config)
    server.server._identify = ByName(crowd)
    await server.start()
    return server


def test_a_flood_of_handshakes_pushes_out_nobody_else(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(sessions=12, sessions_per_identity=8)
        server = await with_identities(1, limits=limits, session_grace_seconds=30.0)
        try:
            async with connected(server.port) as flooding:
                kept = await flooding.open_avatars()
                first = flooding.session
                for _ in range(50):
                    await flooding.handshake()
                assert len(server.backend.sessions) == 8
                assert server.backend.sessions.find(first), "a session with a stream stays"
                async with connected(server.port) as lone:
                    await lone.open_avatars()
                    for _ in range(50):
                        await flooding.handshake()
                    assert server.backend.sessions.find(lone.session)
                    assert len(server.backend.sessions) == 9
                kept.cancel()
        finally:
            await server.server.stop(0.0)

    run(scenario())


def test_an_identity_takes_at_most_half_of_the_shared_memory(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(shared_memory_bytes=1 << 16, shared_memory_total_bytes=8 << 16)
        server = await with_identities(1, limits=limits, session_grace_seconds=30.0)
        try:
            async with connected(server.port) as flooding, connected(server.port) as lone:
                offers = [await flooding.handshake(wants_shared_memory=True) for _ in range(20)]
                assert sum(offer.HasField("shared_memory") for offer in offers) == 4
                assert (await lone.handshake(wants_shared_memory=True)).HasField("shared_memory")
        finally:
            await server.server.stop(0.0)

    run(scenario())


def test_jobs_carry_the_identity_of_their_session(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each kind of work, so that fair shares hold for all of them."""

    async def scenario() -> None:
        async with serving(Fakes()) as server:
            owners: list[tuple[str, str]] = []
            submit = server.server._engine.submit
            monkeypatch.setattr(
                server.server._engine,
                "submit",
                lambda job, listener: (owners.append((job.work, job.identity)), submit(job, listener))[1],
            )
            await assert_serves(server.port)
            async with connected(server.port) as client:
                camera = await client.open_recognition()
                await camera.write(picture(1, DETECT))
                await camera.read()
                probe = client.bridge.Probe()
                await probe.write(B.ProbeRequest(nonce=1))
                await probe.read()
                probe.cancel()
            assert {work for work, _ in owners} >= {"avatar", "dialogue", "detect", "probe"}
            assert {identity for _, identity in owners} == {"127.0.0.1"}

    run(scenario())


def test_a_resumed_session_has_the_identity_of_its_newest_handshake(run: Run) -> None:
    async def scenario() -> None:
        server = await with_identities(1, session_grace_seconds=30.0)
        try:
            async with connected(server.port) as first:
                other = Client(server.port)
                await other.handshake(resume_session_id=first.session)
                assert other.session == first.session
                assert server.backend.sessions.find(first.session).identity == "lone"
                await other.channel.close()
        finally:
            await server.server.stop(0.0)

    run(scenario())
