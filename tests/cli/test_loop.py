"""The event loop that servers run on."""

import asyncio
import importlib.util

import pytest

from bridge.device.loop import run


async def kind() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_a_server_runs_on_uvloop_where_there_is_one() -> None:
    pytest.importorskip("uvloop")
    assert run(kind()) == "uvloop"


def test_without_uvloop_pythons_own_loop_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run(kind()) == "asyncio"


@pytest.mark.parametrize("there", [True, False])
def test_what_is_raised_comes_out(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not there:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    async def main() -> None:
        raise ValueError("so")

    with pytest.raises(ValueError, match="so"):
        run(main())
