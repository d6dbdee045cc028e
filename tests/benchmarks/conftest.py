"""Benchmarks are scripts that import their siblings by name; so do their tests."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # the fake device is shared through fcntl's locks
