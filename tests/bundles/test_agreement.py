"""Bundles come to those who agreed to them, and are taken from nobody else; `open` and `opened` are in none."""

from typing import Any

import pytest

from bridge.v1 import media_pb2
from tests.bundles.rig import Case
from tests.conftest import Run
from tests.serving.bundles import AGREED, MINOR_4, bundle, parts_of
from tests.serving.client import (
    A,
    B,
    ask,
    connected,
    ended,
    look,
    read,
)
from tests.serving.server import FakeServer
from tests.wire.outcomes import INVALID, assert_aborted, assert_invalid

MINOR_3 = B.ProtocolVersion(major=1, minor=3)
NOT_AGREED: dict[str, dict[str, Any]] = {
    "not wanted": {"protocol": MINOR_4},
    "wanted with an older contract": {"protocol": MINOR_3, "wants_bundles": True},
    "a client of minor 0": {"protocol": B.ProtocolVersion(major=1)},
}


@pytest.mark.parametrize("handshake", NOT_AGREED)
def test_without_an_agreement_no_bundle_comes_and_one_that_is_sent_ends_the_stream(
    run: Run, case: Case, handshake: str
) -> None:
    async def scenario() -> None:
        async with connected(case.port, **NOT_AGREED[handshake]) as client:
            assert not (await client.handshake(**NOT_AGREED[handshake])).bundles
            call = await case.open(client)
            for _ in range(3):
                await call.write(case.wrong)
            assert not any([(await read(call)).HasField("bundle") for _ in range(3)])
            await call.write(bundle(case.wrong))
            assert_aborted(await ended(call), INVALID, "MALFORMED", "none were agreed", "set wants_bundles", "1.4")

    run(scenario())


def test_bundles_are_confirmed_to_a_client_that_wants_and_knows_them(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            confirmed = {}
            for minor in (0, 3, 4, 9):
                protocol = B.ProtocolVersion(major=1, minor=minor)
                confirmed[minor] = (await client.handshake(protocol=protocol, wants_bundles=True)).bundles
            assert confirmed == {0: False, 3: False, 4: True, 9: True}

    run(scenario())


def test_a_stream_keeps_to_what_was_agreed_when_it_was_opened(run: Run, fake: FakeServer) -> None:
    """The session may be resumed with other wishes, whose streams are others."""

    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            older = await client.open_avatars()
            again = await client.handshake(protocol=MINOR_4, resume_session_id=client.session)
            assert again.resumed
            assert not again.bundles
            newer = await client.open_avatars()
            await older.write(bundle(ask(1, 9), ask(1, 9)))
            assert len(parts_of(await read(older))) == 2
            await newer.write(bundle(ask(1, 9)))
            assert_aborted(await ended(newer), INVALID, "MALFORMED", "none were agreed")

    run(scenario())


def test_open_is_sent_by_itself(run: Run, case: Case) -> None:

    async def scenario() -> None:
        async with connected(case.port, **AGREED) as client:
            call = getattr(client, case.name)()
            await call.write(bundle(case.kind(open={"session_id": client.session}), case.wrong))
            assert_aborted(await ended(call), INVALID, "MALFORMED", "first message is a bundle", "by itself")

    run(scenario())


def test_opened_comes_by_itself_even_where_more_is_ready(run: Run, fake: FakeServer) -> None:
    """A resumed subscription that cannot go on says so at once."""

    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            call = await client.open_avatars()
            await call.write(bundle(look(), A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(frames_per_second=30))))
            await read(call)
            call.cancel()
            nothing = [media_pb2.TextureFormat.Value("TEXTURE_FORMAT_UNSPECIFIED")]
            await client.handshake(resume_session_id=client.session, texture_formats=nothing, **AGREED)
            call = client.avatars()
            await call.write(A.StreamAvatarRequest(open=A.AvatarOpen(session_id=client.session)))
            assert list((await read(call)).opened.slots) == [0]
            assert_invalid((await read(call)).status.outcome, "OUT_OF_RANGE", "no texture format was agreed")

    run(scenario())
