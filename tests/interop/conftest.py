"""Triton's own client, in an environment of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.interop.server import OwnServer
from tests.packaging.venvs import TRITON

ROOT = Path(__file__).parents[2]
_SECONDS = 120.0  # for a process that hangs


def triton_python() -> Path:
    """The Python of an environment with Triton's client: made by `make test`, or named by a variable."""
    named = os.environ.get("FRAMEBRIDGE_TRITON_PYTHON")
    python = Path(named) if named else TRITON.scripts / "python"
    if not python.exists():
        missing = f"Triton's client is not installed at {python}: run `make test`, or set FRAMEBRIDGE_TRITON_PYTHON"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return python


def by_triton(script: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run a script where Triton's client is; it sees this checkout too."""
    return subprocess.run(
        [str(triton_python()), str(script), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


@pytest.fixture(scope="session")
def triton(own: OwnServer) -> dict[str, Any]:
    """What Triton's client was told in each of the cases of triton.py, which run once."""
    done = by_triton(Path(__file__).with_name("triton.py"), f"127.0.0.1:{own.port}")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
