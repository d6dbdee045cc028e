"""Builds this project's two wheels."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_BASE = ("bridge", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
_LEFTOVERS = shutil.ignore_patterns(
    "__pycache__", "build", "*.egg-info"
)  # a wheel would take what an earlier build left


class Wheels(NamedTuple):
    """The files of both distributions."""

    base: Path
    models: Path


def build(folder: Path) -> Wheels:
    """Build both from a copy of their sources, with the installed setuptools."""
    sources = folder / "sources"
    for name in (*_BASE, "models"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=_LEFTOVERS)
        else:
            shutil.copy(ROOT / name, sources / name)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "-w", str(folder), ".", "./models"], cwd=sources, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (base,), (models,) = folder.glob("framebridge-*.whl"), folder.glob("framebridge_models-*.whl")
    return Wheels(base, models)
