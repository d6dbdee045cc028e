"""The demo's options."""

import argparse
import math
from dataclasses import dataclass, fields
from pathlib import Path

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.tools.demo.script import CHARACTERS

_MODELS = ("avatar", "classifier", "detector", "dialogue", "embedding")
WORKS = ("avatar", "dialogue", "classify", "detect")


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one run: its full size, which is played at `full_size` even if the machine does not carry it. Budgets
    are in milliseconds, as on the command line.
    """

    seconds: float = 30.0
    out: Path = Path("demo_out")
    port: int = 0
    device: str = "auto"
    avatar_fps: float = 30.0
    classify_fps: float = 3.0
    detect_fps: float = 2.0
    avatar_budget_ms: float = 50.0
    classify_budget_ms: float = 66.0
    detect_budget_ms: float = 150.0
    first_token_budget_ms: float = 3000.0
    characters: int = 2
    full_size: bool = False
    trace: Path | None = None
    no_view: bool = False

    def __post_init__(self) -> None:
        _check("--seconds", self.seconds, 1, 3600)
        for name in ("avatar_fps", "classify_fps", "detect_fps"):
            _check(f"--{name.replace('_', '-')}", getattr(self, name), 0.1, 60)
        _check("--characters", self.characters, 1, len(CHARACTERS))
        for work in ("avatar", "classify", "detect", "first_token"):
            _check(f"--{work.replace('_', '-')}-budget-ms", getattr(self, f"{work}_budget_ms"), 1, 60_000)

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Options":
        """Options from the command line. ConfigError names a wrong flag."""
        return cls(**{field.name: getattr(arguments, field.name) for field in fields(cls)})

    @property
    def config(self) -> Config:
        """The configuration of the demo's server."""
        return Config(port=self.port, device=self.device, trace=self.trace, models=_MODELS)

    def budget(self, work: str) -> float:
        """The budget of an answer in seconds; for dialogue, of the first token."""
        name = "first_token" if work == "dialogue" else work
        return float(getattr(self, f"{name}_budget_ms")) / 1e3


def _check(flag: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise ConfigError(f"{flag} {value:g} is out of range; use {least:g} to {most:g}")
