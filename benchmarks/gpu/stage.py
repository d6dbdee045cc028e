"""One stage: runs in a process of its own, and writes what it finds to a JSON file as it goes.

So a stage that hangs, breaks the device or runs out of memory takes no other with it, and one that is killed leaves
what it had found. Started by `run.py`, as `python -m gpu.stage SETTINGS`.
"""

import importlib
import json
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Status(StrEnum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # nothing of it could run here
    TIMED_OUT = "timed out"


class Missing(Exception):
    """A part cannot run here; the message says which piece is missing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stage is told. `target` is its function, as "module:function"."""

    name: str
    target: str
    device: str  # "cuda" or "cpu"
    limit: float  # seconds
    path: str  # of its JSON
    quick: bool = False  # a few repeats only: to try the program, not to measure

    def repeats(self, usual: int, quick: int = 2) -> int:
        """How often to repeat."""
        return quick if self.quick else usual


@dataclass(slots=True)
class Findings:
    """The results of a stage so far. Each addition is written to the file at once."""

    settings: Settings
    machine: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)  # part -> why it cannot run here
    failures: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)

    def add(self, name: str, result: Any) -> None:
        """Keep a result."""
        self.results[name] = result
        print(f"{name}: {result}", flush=True)
        self.save(Status.FAILED, "the stage did not reach its end")

    def skip(self, name: str, reason: str) -> None:
        """Note a part that cannot run here."""
        if name not in self.skipped:
            print(f"{name}: skipped, {reason}", flush=True)
        self.skipped[name] = reason

    def require(self, holds: bool, sentence: str) -> None:
        """Note a failure if something does not hold; the stage continues."""
        if not holds:
            self.failures.append(sentence)
            print(f"FAILED: {sentence}", flush=True)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A part of the stage: a missing piece skips it, an error fails it; either way the rest runs."""
        try:
            yield
        except Missing as missing:
            self.skip(name, str(missing))
        except Exception as error:
            traceback.print_exc()
            self.require(False, f"{name}: {type(error).__name__}: {error}")

    def save(self, status: Status, reason: str = "") -> None:
        """Write the document."""
        document = {
            "stage": self.settings.name,
            "status": status,
            "reason": reason,
            "machine": self.machine,
            "seconds": round(time.perf_counter() - self.began, 1),
            "settings": {key: value for key, value in asdict(self.settings).items() if key != "path"},
            "results": self.results,
            "skipped": self.skipped,
            "failures": self.failures,
        }
        path = Path(self.settings.path)
        path.with_suffix(".part").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        path.with_suffix(".part").replace(path)

    def finish(self) -> Status:
        """Judge the stage and write the final document."""
        if self.failures:
            status, reason = Status.FAILED, self.failures[0]
        elif not self.results:
            status, reason = Status.SKIPPED, "; ".join(dict.fromkeys(self.skipped.values()))
        else:
            status, reason = Status.PASSED, ""
        self.save(status, reason)
        return status


def machine(device: str, findings: Findings) -> dict[str, Any]:
    """The machine, with the name of the device that is measured."""
    import torch
    from harness import record

    from bridge.device.host import device_name

    if device == "cpu":
        torch.set_num_threads(1)  # as on a server's device thread
    found = {**record.machine(), "commit": record.commit(), "device": device_name(torch.device(device))}
    if torch.device(device).type == "cuda":
        card = torch.cuda.get_device_properties(0)
        found |= {"memory_gib": round(card.total_memory / 2**30, 1), "multiprocessors": card.multi_processor_count}
        found |= {"capability": f"{card.major}.{card.minor}", "cuda": torch.version.cuda}
        with findings.part("driver"):
            found["driver"] = _driver()
    return found


def _driver() -> str:
    """Driver version, highest clock and power limit."""
    if shutil.which("nvidia-smi") is None:
        raise Missing("nvidia-smi is not on the PATH")
    query = ["nvidia-smi", "--query-gpu=driver_version,clocks.max.sm,power.limit", "--format=csv,noheader", "--id=0"]
    done = subprocess.run(query, capture_output=True, text=True, timeout=20)
    if done.returncode:
        raise Missing(f"nvidia-smi ended with {done.returncode}: {done.stdout.strip()[:120]}")
    return done.stdout.strip()


def run_here(settings: Settings) -> Status:
    """Run a stage in this process."""
    findings = Findings(settings)
    try:
        findings.machine = machine(settings.device, findings)
        findings.save(Status.FAILED, "the stage did not reach its end")
        module, _, function = settings.target.partition(":")
        getattr(importlib.import_module(module), function)(settings, findings)
    except Missing as missing:
        findings.skip(settings.name, str(missing))
    except Exception as error:
        traceback.print_exc()
        findings.require(False, f"{type(error).__name__}: {error}")
    return findings.finish()


def main() -> int:
    """The stage in the command line; returns the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the servers that it has started
    return int(run_here(Settings(**json.loads(sys.argv[1]))) is Status.FAILED)


if __name__ == "__main__":
    from gpu import stage  # whose classes the stages import, unlike those of this copy

    sys.exit(stage.main())
