"""Builds and runs the .NET programs of the game: real components on a stub of the engine."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PROJECTS = ROOT / "unity_plugin" / "Tests~"
_ARTIFACTS = _PROJECTS / "artifacts" / "benchmark"
_QUIET = {
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DOTNET_CLI_USE_MSBUILD_SERVER": "0",
    "DOTNET_NOLOGO": "1",
    "MSBUILDDISABLENODEREUSE": "1",
    "UseSharedCompilation": "false",  # no compiler server in the background of a measurement
}
_EXACT = {
    "DOTNET_JitObjectStackAllocation": "0",  # otherwise small objects are allocated on the stack and not counted
    "DOTNET_TieredPGO": "0",
}


@cache
def build(project: str) -> Path:
    """Build a project of Tests~ in Release; returns the path of the program."""
    dotnet = shutil.which("dotnet")
    if dotnet is None:
        raise SystemExit("`dotnet` 10 is not on the PATH: install the .NET SDK, or skip this benchmark")
    csproj = next((_PROJECTS / project).glob("*.csproj"))
    command = [dotnet, "build", str(csproj), "-c", "Release", "-m:1", "-nodeReuse:false", "-v:q"]
    built = subprocess.run(
        [*command, f"-p:ArtifactsPath={_ARTIFACTS}"], env=os.environ | _QUIET, capture_output=True, text=True
    )
    if built.returncode:
        raise SystemExit(f"{csproj.name} does not build:\n{built.stdout}{built.stderr}")
    return _ARTIFACTS / "bin" / csproj.stem / "release" / f"{csproj.stem}.dll"


def play(project: str, *arguments: object, timeout: float, may_fail: bool = False) -> dict[str, Any]:
    """Run a program until it exits; returns the JSON document of its last line."""
    command = _command(project, arguments)
    done = subprocess.run(command, env=os.environ | _EXACT, stdout=subprocess.PIPE, text=True, timeout=timeout)
    if done.returncode and not may_fail:
        raise SystemExit(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}")
    return last_line(done.stdout)


@contextmanager
def playing(project: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program for the block, with pipes to its standard input and output. Kill it if it is still running."""
    command = _command(project, arguments)
    game = subprocess.Popen(
        command, env=os.environ | _EXACT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield game
    finally:
        if game.poll() is None:
            game.kill()
        game.wait()
        for pipe in (game.stdin, game.stdout):
            if pipe is not None:
                pipe.close()


def last_line(output: str) -> dict[str, Any]:
    """The JSON document in the last line of an output."""
    lines = output.strip().splitlines()
    if not lines:
        raise SystemExit("the game exited without output")
    document: dict[str, Any] = json.loads(lines[-1])
    return document


def _command(project: str, arguments: Sequence[object]) -> list[str]:
    return ["dotnet", str(build(project)), *map(str, arguments)]
