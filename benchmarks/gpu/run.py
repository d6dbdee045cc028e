"""Tests and measurements on a CUDA device, in ten minutes; `make gpu` runs all stages.

Each stage runs in a process of its own with its own time limit, and writes benchmarks/results/gpu/<stage>.json with the
device's name. What a stage needs and this machine lacks (weights, a library, nvidia-smi) is skipped by name, with the
reason. A stage that fails does not stop the others, and the exit status is 1. Nothing is downloaded.

    python benchmarks/gpu                        # all stages
    python benchmarks/gpu numerics tokens        # some
    python benchmarks/gpu --device cpu --quick   # to try it without a GPU; writes to build/gpu
    python benchmarks/gpu pack DIR               # the language weights as hashed parts, to carry to another machine
    python benchmarks/gpu join DIR               # there: check and join them, and unpack wheels that lie beside them

On a machine without network that has its own torch: put the missing wheels and the packed weights in a folder, join it,
and add it to PYTHONPATH.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from gpu.parts import Damaged, join, pack
from gpu.stage import Settings, Status

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "gpu"
TRIED = ROOT / "build" / "gpu"  # results from the CPU, which are not worth keeping
NO_DEVICE = "torch finds no CUDA device here; use a machine that has one, or try the stages with --device cpu."
_PATIENCE = 4  # times the limit on the CPU
_GRACE = 10.0  # seconds for a stage to end its servers
NO_TORCH = "torch is not installed here; install its CUDA build, or run `make test` first."


class Stage(NamedTuple):
    """A stage and its time limit in seconds."""

    name: str
    target: str
    limit: float


STAGES = (
    Stage("roofline", "gpu.roofline:measure", 60),
    Stage("numerics", "gpu.numerics:measure", 80),
    Stage("tests", "gpu.cuda_tests:measure", 90),
    Stage("slices", "gpu.slices:measure", 80),
    Stage("loads", "gpu.loads:measure", 60),
    Stage("memory", "gpu.memory:measure", 40),
    Stage("tokens", "gpu.tokens:measure", 50),
    Stage("avatars", "gpu.avatars:measure", 40),
    Stage("two_models", "gpu.beside:measure", 90),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.stages[:1] in (["pack"], ["join"]):
        return _carry(*options.stages)
    if unknown := set(options.stages) - {stage.name for stage in STAGES}:
        names = ", ".join(stage.name for stage in STAGES)
        print(f"no such stage: {', '.join(sorted(unknown))}; there are {names}, and pack and join", file=sys.stderr)
        return 2
    if reason := unusable(options.device):
        print(reason, file=sys.stderr)
        return 2
    out = options.out or (RESULTS if options.device == "cuda" else TRIED)
    out.mkdir(parents=True, exist_ok=True)
    wanted = [stage for stage in STAGES if not options.stages or stage.name in options.stages]
    documents = [_run(stage, options, out) for stage in wanted]
    return summary(documents, out)


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python benchmarks/gpu", description=__doc__, formatter_class=form)
    names = ", ".join(stage.name for stage in STAGES)
    parser.add_argument("stages", nargs="*", help=f"of {names} (default: all); or `pack DIR`, or `join DIR`")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--quick", action="store_true", help="few repeats: to try the program, not to measure")
    parser.add_argument("--out", type=Path, help="folder for the JSON files")
    parser.add_argument("--limit", type=float, help="seconds for each stage, in place of its own limit")
    return parser


def _carry(command: str, folder: str = "", *rest: str) -> int:
    if not folder or rest:
        print(f"{command} takes one folder: python benchmarks/gpu {command} DIR", file=sys.stderr)
        return 2
    try:
        lines = (pack if command == "pack" else join)(Path(folder))
    except (Damaged, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def unusable(device: str) -> str:
    """Why a device cannot be used here, in one sentence; "" if it can."""
    if find_spec("torch") is None:
        return NO_TORCH
    import torch

    return NO_DEVICE if device == "cuda" and not torch.cuda.is_available() else ""


def _run(stage: Stage, options: argparse.Namespace, out: Path) -> dict[str, Any]:
    """Run a stage in a process; returns its document."""
    path = out / f"{stage.name}.json"
    limit = options.limit or stage.limit * (1 if options.device == "cuda" else _PATIENCE)
    settings = Settings(stage.name, stage.target, options.device, limit, str(path.resolve()), options.quick)
    path.unlink(missing_ok=True)
    print(f"== {stage.name} (at most {limit:g} s)", flush=True)
    ended = _wait(settings)
    document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else _empty(settings)
    if ended is None:
        document |= {"status": Status.TIMED_OUT, "reason": f"it was not over after {limit:g} s", "seconds": limit}
    elif ended not in (0, 1) or not document["status"]:
        document |= {"status": Status.FAILED, "reason": f"its process ended with {ended}"}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"== {stage.name}: {document['status']} {document['reason']}", flush=True)
    return document


def _wait(settings: Settings) -> int | None:
    """Run the stage's process to its end; None if it had to be killed."""
    command = [sys.executable, "-m", "gpu.stage", json.dumps(asdict(settings))]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(), start_new_session=True)
    try:
        return process.wait(settings.limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the stage end what it has started, then kill whatever is left of its group."""
    process.terminate()  # does nothing if it has ended
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment() -> dict[str, str]:
    """The benchmarks and the bridge come first, then what the machine's owner added."""
    places = (str(ROOT / "benchmarks"), str(ROOT), os.environ.get("PYTHONPATH", ""))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}


def _empty(settings: Settings) -> dict[str, Any]:
    """The document of a stage that has written none."""
    keys = ("machine", "settings", "results", "skipped")
    return {"stage": settings.name, "status": "", "reason": "", **{key: {} for key in keys}, "failures": []}


def summary(documents: Sequence[dict[str, Any]], out: Path) -> int:
    """Print how the stages ended, and write summary.json; returns 1 if one failed or timed out."""
    stages = {
        document["stage"]: {key: document[key] for key in ("status", "reason", "skipped") if document[key]}
        for document in documents
    }
    machine = next((document["machine"] for document in documents if document["machine"]), {})
    seconds = round(sum(document.get("seconds", 0.0) for document in documents), 1)
    text = json.dumps({"machine": machine, "seconds": seconds, "stages": stages}, indent=2)
    (out / "summary.json").write_text(text + "\n", encoding="utf-8")
    print(f"\n{machine.get('device', 'no device')}, {seconds:g} s; results in {out}")
    for name, ended in stages.items():
        print(f"  {name:11} {ended['status']:10} {ended.get('reason', '')}")
    bad = (Status.FAILED, Status.TIMED_OUT)
    return int(any(ended["status"] in bad for ended in stages.values()))
