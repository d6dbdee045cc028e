"""Rungs in detail: told to clients whose minor of the contract has them, and to no others."""

from collections.abc import Sequence
from typing import Any

import pytest

from bridge.client import BridgeClient
from bridge.v1 import bridge_pb2
from tests.conftest import Run
from tests.serving.client import B, connected, read
from tests.serving.server import FakeServer

AVATAR = [
    ("avatar.64", 64, 64, True, False),
    ("avatar.64/cheaper", 64, 64, True, True),
    ("avatar.32/cheaper", 32, 32, True, True),
    ("repeat", 0, 0, False, False),
]


def version(minor: int) -> bridge_pb2.ProtocolVersion:
    return B.ProtocolVersion(major=1, minor=minor)


def details(models: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Of the avatar's rungs."""
    (avatar,) = (model for model in models if model.name == "avatar")
    assert [rung.name for rung in avatar.rung_details] in ([], list(avatar.rungs))
    return [
        (rung.name, rung.width, rung.height, rung.needs_device, rung.cheaper_format) for rung in avatar.rung_details
    ]


@pytest.mark.parametrize(("minor", "told"), [(0, []), (1, []), (2, AVATAR), (7, AVATAR)])
def test_a_client_is_told_what_its_contract_has(run: Run, fake: FakeServer, minor: int, told: list[Any]) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            assert details((await client.handshake(protocol=version(minor))).models) == told
            listed = await client.bridge.ListModels(B.ListModelsRequest(protocol=version(minor)))
            assert details(listed.models) == told
            watch = client.bridge.WatchModels(B.WatchModelsRequest(protocol=version(minor)))
            assert details((await read(watch)).models) == told
            watch.cancel()
            loaded = await client.bridge.LoadModel(B.LoadModelRequest(name="avatar", protocol=version(minor)))
            assert details([loaded.model]) == told

    run(scenario())


def test_who_does_not_say_is_an_older_one(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            assert not details((await client.bridge.ListModels(B.ListModelsRequest())).models)
            assert not details((await read(client.bridge.WatchModels(B.WatchModelsRequest()))).models)

    run(scenario())


def test_watchers_of_different_contracts_do_not_mix(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            old, new = (client.bridge.WatchModels(B.WatchModelsRequest(protocol=version(one))) for one in (1, 2))
            assert (details((await read(old)).models), details((await read(new)).models)) == ([], AVATAR)

    run(scenario())


def test_the_python_client_has_them(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{fake.port}") as bridge:
            assert details(await bridge.list_models()) == AVATAR

    run(scenario())
