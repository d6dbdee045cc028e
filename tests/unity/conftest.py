"""The .NET half: where it is, how it is built and run, and the real server that its suites talk to."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "unity_plugin"
PROJECTS = PACKAGE / "Tests~"
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

    def build(self, verb: str, project: Path, *arguments: object, lane: str = "net") -> str:
        """Build or publish, and return what was printed. The test fails with that when it does not work."""
        switches = [f"-p:ArtifactsPath={_artifacts(lane)}", "-p:UseSharedCompilation=false"]
        return said([self.program, verb, str(project), *map(str, arguments), *switches])

    def test(self, name: str, environment: Mapping[str, str] | None = None, lane: str = "net") -> str:
        """Run the tests of a project that is built."""
        return said([self.program, "test", str(assembly(name, lane))], environment)

    def start(self, name: str, *arguments: str) -> str:
        """Run the program of a project that is built."""
        return said([self.program, str(assembly(name)), *arguments])


def _artifacts(lane: str) -> Path:
    return PROJECTS / "artifacts" / lane


def assembly(name: str, lane: str = "net", build: str = "debug") -> Path:
    """Where the assembly of a project is, once it is built."""
    return _artifacts(lane) / "bin" / name / build / f"{name}.dll"


def said(command: list[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it printed. The test fails with that when it does not succeed."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **_ENVIRONMENT, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=_RUN_SECONDS)
        finally:
            with suppress(ProcessLookupError):  # what it started ends with it
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        pytest.fail(f"{' '.join(command)}\n\nended with {process.returncode}:\n\n{output[-_SHOWN:]}", pytrace=False)
    return output


@pytest.fixture(scope="session")
def dotnet() -> Dotnet:
    """Skips, in one line for all, where there is no `dotnet`."""
    program = shutil.which("dotnet")
    if program is None:
        pytest.skip("the Unity package's .NET suites: `dotnet` 10 is not on the PATH")
    return Dotnet(program)


@pytest.fixture(scope="session")
def built(dotnet: Dotnet) -> Dotnet:
    """With every project built, once."""
    dotnet.build("build", PROJECTS / "FrameBridge.slnx")
    return dotnet


@pytest.fixture(scope="session")
def lane(dotnet: Dotnet) -> Dotnet:
    """With the one project built that compiles asmdefs."""
    dotnet.build("build", PROJECTS / "Asmdefs")
    return dotnet


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real server with quick models in a process of its own, as the environment that the suites look at.

    Also the Python that starts another one, for tests that have a server do what they say.
    """
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = (sys.executable, "-m", "tests.unity.server")
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            yield {"FRAMEBRIDGE_SERVER": _address(process, log), "FRAMEBRIDGE_PYTHON": sys.executable}
        finally:
            process.kill()


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    """Where it serves, once it does."""
    assert process.stdout is not None
    give_up = threading.Timer(_READY_SECONDS, process.kill)
    give_up.start()
    try:
        for line in process.stdout:
            if line.startswith(_READY):
                return line.removeprefix(_READY).strip()
    finally:
        give_up.cancel()
    pytest.fail(f"the server did not start:\n{log.read_text()[-_SHOWN:]}", pytrace=False)
