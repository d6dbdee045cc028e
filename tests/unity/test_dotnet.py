"""Runs the .NET suites: without a server, against a real one, on both builds of the libraries, and ahead of time."""

import re
from pathlib import Path

import pytest

from tests.unity.conftest import PROJECTS, Dotnet, said

pytestmark = pytest.mark.timeout(900)


def passed(output: str) -> int:
    """How many tests a run says it has passed; those it skipped because something was missing fail ours."""
    numbers = [int(number) for number in re.findall(r"Passed:\s+(\d+)", output)]
    assert sum(numbers), f"no test ran:\n{output}"
    assert not any(int(number) for number in re.findall(r"Skipped:\s+(\d+)", output)), output
    return sum(numbers)


def test_client(built: Dotnet, live: dict[str, str]) -> None:
    passed(built.test("FrameBridge.Client.Tests", live))


def test_client_with_the_libraries_that_unity_loads(dotnet: Dotnet, live: dict[str, str]) -> None:
    """Those for netstandard2.1, as in Unity."""
    dotnet.build("build", PROJECTS / "Client.Tests", "-p:UnityLibraries=true", lane="unity")
    passed(dotnet.test("FrameBridge.Client.Tests", live, lane="unity"))


def test_components(built: Dotnet) -> None:
    passed(built.test("FrameBridge.Components.Tests"))


def test_editor(built: Dotnet, live: dict[str, str]) -> None:
    passed(built.test("FrameBridge.Editor.Tests", live))


@pytest.mark.parametrize("switches", [(), ("--keep-statics",)])
def test_play_mode_is_left_without_a_trace(built: Dotnet, live: dict[str, str], switches: tuple[str, ...]) -> None:
    """With a reload of the domain, and without."""
    parts = ("--parts", "avatar,dialogue,npc,camera,runner")
    built.start("FrameBridge.PlayMode", live["FRAMEBRIDGE_SERVER"], "--cycles", "5", *parts, *switches)


def test_samples(built: Dotnet) -> None:
    """From their recordings, without a server."""
    passed(built.test("FrameBridge.Samples.Tests"))


def test_ahead_of_time(built: Dotnet, live: dict[str, str], tmp_path: Path) -> None:
    """The nearest thing to IL2CPP: published without a warning, and it passes the same suite."""
    output = built.build("publish", PROJECTS / "Aot", "-o", tmp_path)
    assert "warning" not in output.lower(), output
    output = said([str(tmp_path / "FrameBridge.Aot"), live["FRAMEBRIDGE_SERVER"]])
    assert "passed" in output
