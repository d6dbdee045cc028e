"""Benchmarks are scripts whose folder is on sys.path; for their tests it is too."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # the fake device needs fcntl
