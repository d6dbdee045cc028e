"""The release that is out and the present one play together, each as the client and as the server."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bridge.v1 import bridge_pb2, error_pb2
from tests.compat.unknown import unknown
from tests.unity.conftest import PROJECTS, Dotnet, assembly, built, dotnet, said

__all__ = ["built", "dotnet"]  # fixtures

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COMMIT = "e71d024"
SECONDS = 90.0
_READY = "serving at "

pytestmark = pytest.mark.timeout(300)


def _unpacked(name: str, folder: Path) -> Path:
    with zipfile.ZipFile(HERE / f"{name}-{COMMIT}.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python package that is out."""
    return _unpacked("python", tmp_path_factory.mktemp("released"))


def _environment(package: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}


def _ran(script: str, package: Path, address: str) -> Any:
    """What a script prints, with this package on its path."""
    command = [sys.executable, str(HERE / script), address]
    done = subprocess.run(
        command, env=_environment(package), cwd=package, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _serving(package: Path) -> Iterator[str]:
    """The address of a server of this package."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "serve.py")],
        env=_environment(package),
        cwd=package,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            address = next((line for line in process.stdout if line.startswith(_READY)), "")
            assert address, "the server did not start"
            yield address.removeprefix(_READY).strip()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def old_server(released: Path) -> Iterator[str]:
    with _serving(released) as address:
        yield address


@pytest.fixture(scope="module")
def new_server() -> Iterator[str]:
    with _serving(ROOT) as address:
        yield address


def _assert_whole(saw: Any) -> None:
    assert set(saw["models"]) >= {"avatar", "classifier", "detector", "dialogue"}
    assert saw["frames"] == 30
    assert saw["shares memory"] is True
    assert saw["refused"]["disposition"] in ("refused", "missed")
    assert saw["refused"]["reason"] in ("budget_unmeetable", "budget_missed")
    assert saw["refused"]["message"], "a refusal says why"
    assert any(mend in saw["wrong look"] for mend in ("choose one of", "send AvatarSetLook"))
    assert saw["reply"] == "You said: hello there"
    assert saw["interrupted"] == "interrupted"
    assert saw["long prompt"] == "prompt_too_long"
    assert saw["seen"] == [285, ["cat", "dog"]]
    assert saw["late picture"] in ("refused", "missed")
    assert saw["no picture"] == "invalid_image"
    assert "compat" in saw["clients"]


def test_the_old_packages_are_what_they_say(released: Path) -> None:
    code = "from bridge.services.bridge import PROTOCOL; import bridge; print(PROTOCOL.minor, bridge.__file__)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=_environment(released),
        cwd=released,
        capture_output=True,
        text=True,
        check=True,
    )
    minor, file = said.stdout.split()
    assert minor == "0"
    assert Path(file).is_relative_to(released)


def test_the_old_client_plays_against_the_new_server(released: Path, new_server: str) -> None:
    _assert_whole(_ran("game.py", released, new_server))


def test_the_new_client_plays_against_the_old_server(old_server: str) -> None:
    _assert_whole(_ran("game.py", ROOT, old_server))


def test_what_a_contract_lacks_is_found() -> None:
    message = error_pb2.Outcome(disposition=99)  # type: ignore[arg-type]
    assert list(unknown(message)) == ["Outcome.disposition = 99"]
    message.MergeFromString(b"\x2a\x03\x98\x06\x01")  # in `timing` a field of number 99
    assert list(unknown(message)) == ["Outcome.disposition = 99", "Outcome.timing field 99"]
    assert list(unknown(bridge_pb2.HandshakeResponse(session_id="x"))) == []


def test_nothing_that_the_old_contract_lacks_reaches_a_client_of_it(released: Path, new_server: str) -> None:
    saw = _ran("unknown.py", released, new_server)
    assert saw["unknown"] == []
    assert saw["messages"] > 60
    assert saw["known dispositions"] == [0, 1, 2, 3, 4, 5, 6], "these are the old contract's"
    assert {1, 4} < set(saw["dispositions"]), "wrong and superseded ones, and late ones among others"


def test_the_old_c_sharp_build_plays_against_the_new_server(dotnet: Dotnet, new_server: str, tmp_path: Path) -> None:
    program = _unpacked("csharp", tmp_path) / "FrameBridge.Aot.dll"
    output = said([dotnet.program, str(program), new_server])
    assert "16 of 16 passed" in output


def test_the_new_c_sharp_client_plays_against_the_old_server(dotnet: Dotnet, old_server: str) -> None:
    dotnet.build("build", PROJECTS / "Aot", "-v", "q", lane="compat")
    (program,) = assembly("FrameBridge.Aot", lane="compat").parents[1].glob("debug*/FrameBridge.Aot.dll")
    output = said([dotnet.program, str(program), old_server, "before-3"])
    assert "FAILED" not in output
    assert "passed" in output
