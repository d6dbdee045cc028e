"""The .NET half: where it is, how it is run, and the real server that its suites talk to."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "unity_plugin"
PROJECTS = PACKAGE / "Tests~"
SERVE = (sys.executable, "-m", "bridge.cli", "serve", "--port", "0")
_READY = "serving at "
_READY_SECONDS = 240.0
_RUN_SECONDS = 600.0
_SHOWN = 12_000
_ENVIRONMENT = {
    "DOTNET_CLI_USE_MSBUILD_SERVER": "0",  # nothing of a test run goes on after it
    "MSBUILDDISABLENODEREUSE": "1",
    "DOTNET_JitObjectStackAllocation": "0",  # so that garbage is counted where it would be made in Unity
}


@dataclass(frozen=True, slots=True)
class Dotnet:
    """The `dotnet` program. Builds go to a folder of their own for each lane, so that lanes never mix."""

    program: str

    def run(self, *arguments: object, lane: str = "net", environment: Mapping[str, str] | None = None) -> str:
        """Run it and return what it printed. The test fails with that text when it does not succeed."""
        return said([self.program, *map(str, arguments), *_switches(lane)], environment)

    def start(self, project: Path, *arguments: str) -> str:
        """Build a project and run its program, and return what both printed."""
        return said([self.program, "run", "--project", str(project), *_switches("net"), "--", *arguments])


def _switches(lane: str) -> list[str]:
    return [f"-p:ArtifactsPath={PROJECTS / 'artifacts' / lane}", "-p:UseSharedCompilation=false"]


def said(command: list[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it printed. The test fails with that text when it does not succeed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **_ENVIRONMENT, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_RUN_SECONDS,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n\nended with {done.returncode}:\n\n{done.stdout[-_SHOWN:]}", pytrace=False)
    return done.stdout


@pytest.fixture(scope="session")
def dotnet() -> Dotnet:
    """Skips, in one line for all, where there is no `dotnet`."""
    program = shutil.which("dotnet")
    if program is None:
        pytest.skip("the Unity package's .NET suites: `dotnet` 10 is not on the PATH")
    return Dotnet(program)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real server in a process of its own, as the environment that the suites look at."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(SERVE, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        yield {"FRAMEBRIDGE_SERVER": _address(process, log), "FRAMEBRIDGE_SERVE": " ".join(SERVE)}
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    """Where it serves, once it does; what it prints later is read and dropped."""
    assert process.stdout is not None
    give_up = threading.Timer(_READY_SECONDS, process.kill)
    give_up.start()
    lines = process.stdout
    try:
        for line in lines:
            if line.startswith(_READY):
                threading.Thread(target=lines.read, daemon=True).start()
                return line.removeprefix(_READY).strip()
    finally:
        give_up.cancel()
    pytest.fail(f"the server did not start:\n{log.read_text()[-_SHOWN:]}", pytrace=False)
