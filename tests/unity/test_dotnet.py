"""Runs the .NET suites: without a server, against the real one, on both builds of the libraries, and ahead of time."""

import re
from pathlib import Path

import pytest

from tests.unity.conftest import PACKAGE, PROJECTS, Dotnet, said

pytestmark = pytest.mark.timeout(900)


def passed(output: str) -> int:
    """How many tests a run says it has passed; those it skipped because something was missing fail ours."""
    numbers = [int(number) for number in re.findall(r"Passed:\s+(\d+)", output)]
    assert sum(numbers), f"no test ran:\n{output}"
    assert not any(int(number) for number in re.findall(r"Skipped:\s+(\d+)", output)), output
    return sum(numbers)


def test_the_generated_code_is_current(dotnet: Dotnet, tmp_path: Path) -> None:
    said(["sh", str(PROJECTS / "generate"), str(tmp_path)])
    committed = PACKAGE / "Runtime/Grpc/Generated"
    fresh = {path.name: path.read_text() for path in tmp_path.rglob("*.cs")}
    assert fresh
    assert {path.name: path.read_text() for path in committed.rglob("*.cs")} == fresh


@pytest.mark.parametrize("project", ["Handlers", "Editor"])
def test_all_assemblies_compile_as_in_unity(dotnet: Dotnet, project: str) -> None:
    """C# 9 on netstandard2.1, with what they refer to: these two refer to all others."""
    dotnet.run("build", PROJECTS / project, "-f", "netstandard2.1", lane="unity")


@pytest.mark.parametrize("lane", ["net", "unity"])
def test_client(dotnet: Dotnet, live: dict[str, str], lane: str) -> None:
    """`unity` loads the builds for netstandard2.1, as Unity does."""
    libraries = f"-p:UnityLibraries={str(lane == 'unity').lower()}"
    passed(dotnet.run("test", PROJECTS / "Client.Tests", libraries, lane=lane, environment=live))


def test_components(dotnet: Dotnet, live: dict[str, str]) -> None:
    passed(dotnet.run("test", PROJECTS / "Components.Tests", environment=live))


def test_editor(dotnet: Dotnet, live: dict[str, str]) -> None:
    passed(dotnet.run("test", PROJECTS / "Editor.Tests", environment=live))


@pytest.mark.parametrize("switches", [(), ("--keep-statics",)])
def test_play_mode_is_left_without_a_trace(dotnet: Dotnet, live: dict[str, str], switches: tuple[str, ...]) -> None:
    """With a reload of the domain, and without."""
    dotnet.start(PROJECTS / "PlayMode", live["FRAMEBRIDGE_SERVER"], "--cycles", "5", *switches)


def test_samples(dotnet: Dotnet) -> None:
    """From their recordings, without a server."""
    passed(dotnet.run("test", PROJECTS / "Samples.Tests"))


def test_ahead_of_time(dotnet: Dotnet, live: dict[str, str], tmp_path: Path) -> None:
    """The nearest thing to IL2CPP: published without a warning, and it passes the same suite."""
    output = dotnet.run("publish", PROJECTS / "Aot", "-o", tmp_path, lane="aot")
    assert "warning" not in output.lower(), output
    output = said([str(tmp_path / "FrameBridge.Aot"), live["FRAMEBRIDGE_SERVER"]])
    assert "passed" in output
