"""The environments with wheels of this project, in the folder of the one that the tests run in.

`make` makes them with all that the wheels need (set_up.py). A test's fixture then builds the wheels anew and puts only
these in their place, without the index.
"""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
_SECONDS = 240.0  # for a process that hangs


@dataclass(frozen=True, slots=True)
class Venv:
    """A virtual environment."""

    name: str

    @property
    def folder(self) -> Path:
        return Path(sys.prefix) / self.name

    @property
    def site(self) -> Path:
        """Its site-packages."""
        return Path(sysconfig.get_path("purelib", "venv", {"base": str(self.folder)}))

    @property
    def scripts(self) -> Path:
        return Path(sysconfig.get_path("scripts", "venv", {"base": str(self.folder)}))

    def run(
        self, program: str, *arguments: object, cwd: Path, index: bool = False
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program of it, `python` or `framebridge`, that sees nothing of the checkout.

        Only with `index` may pip use one: a test downloads nothing, even when it fails.
        """
        own = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        return subprocess.run(
            [str(self.scripts / program), *map(str, arguments)],
            cwd=cwd,
            env=own if index else {**own, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def install(self, *arguments: object, cwd: Path, index: bool = True) -> None:
        """`pip install` into it."""
        done = self.run("python", "-m", "pip", "install", "-q", *arguments, cwd=cwd, index=index)
        assert done.returncode == 0, done.stderr

    def replace(self, wheels: Sequence[Path], *, cwd: Path) -> None:
        """Put wheels in the place of those that it has, without the index."""
        assert self.folder.is_dir(), f"{self.folder} is not there: run `make {os.path.relpath(READY)}`"
        self.install("--no-deps", "--force-reinstall", *wheels, cwd=cwd, index=False)


READY = Path(sys.prefix) / "framebridge-ready"

CLIENT = Venv("client")  # the base distribution alone
TRITON = Venv("triton")  # Triton's client beside ours, under protobuf 6
ELSEWHERE = Venv("elsewhere")  # a server, from both wheels
PROTOC = Venv("protoc")  # generates bridge/v1
