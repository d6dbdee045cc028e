"""How a benchmark reports: a table, one JSON document as its last line, and a copy of it in results/."""

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_ROOT = Path(__file__).parents[2]
RESULTS = _ROOT / "benchmarks" / "results"


def no_options(description: str | None) -> None:
    """Parse the command line of a benchmark without options, so that `--help` works and other arguments fail."""
    form = argparse.RawDescriptionHelpFormatter
    argparse.ArgumentParser(description=description, formatter_class=form).parse_args()


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    table = Table(title=title)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row))
    Console().print(table)


def finish(benchmark: str, results: dict[str, Any], notes: dict[str, Any] | None = None) -> None:
    """Write benchmarks/results/<benchmark>.json and print the document as the last line."""
    document = {
        "benchmark": benchmark,
        "commit": commit(),
        "machine": machine(),
        "results": results,
        **({"notes": notes} if notes else {}),
    }
    path = RESULTS / f"{benchmark}.json"
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(document), flush=True)


def machine() -> dict[str, Any]:
    """The machine and the versions of what ran on it."""
    import torch

    cuda = torch.cuda.is_available()
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "device": torch.cuda.get_device_name() if cuda else "CPU",
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def commit() -> str:
    """The commit of this checkout; "unknown" without git."""
    try:
        result = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=_ROOT, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return result.stdout.strip() or "unknown"
