"""Somebody's own models beside a tracker: unchanged PyTorch modules, suspended between their submodules.

A ViT of transformers and a residual convolutional network, with random weights, are served from a file outside the
repository (`own/studio.py`, copied). Beside each, a tracker that takes 5 ms per batch is requested twice per frame at
60 Hz, with a budget of 16.6 ms; the heavy model is asked for all that it can do. In the same rounds: the tracker alone,
the same modules never suspended, and our server in `two_models.py`, whose loss of points is the measure. The device is
the processor, so clients and server share its cores with the models.

`cost` is what suspending takes of the throughput: processor time, in pairs, as in `slicing.py`. `bit_equal` is whether
answers are equal to those of the module itself on the same batch: in this process for all batches while runs take turns
stage by stage, and over the wire for single requests. `others` is how many cores the machine's other users took during
a case; with `--patience` each case waits so many seconds at most for a moment in which they take little.

    python benchmarks/own_model.py --rounds 3 --seconds 8 --turns 60     # needs transformers: framebridge[hf]
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fake_device.play import Request, read_answers, write_trace
from fake_device.runner import PeerUnavailable
from harness.process import server
from harness.record import finish, show
from own.neighbours import LITTLE, Neighbours
from two_models import measure as measure_two_models
from two_models import share, tracker

from bridge.device.host import Host

HERE = Path(__file__).parent
_SLICE_MS = 2.0  # as in `two_models.py`
_ASKING = HERE / "own" / "asking.py"
HEAVY = ("vit", "residual")
_ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent), *sys.path[1:]])}


@contextmanager
def studio() -> Iterator[tuple[str, Neighbours]]:
    """A server with the models of a file outside the repository; yields its address, and who else is there."""
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        file = shutil.copy(HERE / "own" / "studio.py", folder)
        options = ("--port", "0", "--device", "cpu", "--slice-ms", f"{_SLICE_MS:g}", "--models", "tracker")
        with server("-m", "bridge.cli", "serve", *options, "--model", f"{file}:MODELS") as (address, process):
            yield address, Neighbours(process.pid)


def play(address: str, seconds: float, seed: int, beside: str = "") -> dict[str, float]:
    """The tracker's share of answers in budget, and what the heavy model beside it gave."""
    asks = tracker(seconds, seed)
    with tempfile.TemporaryDirectory() as folder, _asked(address, beside) as heavy:
        trace, result = Path(folder) / "trace", Path(folder) / "result"
        write_trace(trace, [Request(ask.at, ask.model, f"c{ask.client}", ask.budget, ask.more) for ask in asks])
        command = [sys.executable, _ASKING, address, trace, result]
        subprocess.run(command, env=_ENVIRONMENT, check=True, stdout=sys.stderr)
        answers = read_answers(result)
    took = sorted(1e3 * (answer.received - answer.sent) for answer in answers if answer.received >= 0)
    figures = {
        "tracker": share(asks, answers, "tracker"),
        "refused": sum(answer.received < 0 for answer in answers) / len(answers),
        "answered_p99_ms": took[int(0.99 * len(took))] if took else -1.0,
    }
    return figures | heavy


@contextmanager
def _asked(address: str, model: str) -> Iterator[dict[str, float]]:
    """A process that asks `model` for all it can do during the block; the yielded dict then has its rate."""
    figures: dict[str, float] = {}
    if not model:
        yield figures
        return
    command = [sys.executable, _ASKING, address, model]
    with subprocess.Popen(
        command, env=_ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as asking:
        yield figures
        said, _ = asking.communicate("")
        answers, seconds = json.loads(said)
        figures["heavy_per_second"] = answers / seconds


def measure(
    address: str, neighbours: Neighbours, seconds: float, patience: float, seed: int
) -> dict[str, dict[str, float]]:
    """One round: each case once, the order turned from round to round."""
    beside = [*HEAVY, *(f"{name}-whole" for name in HEAVY)]
    cases: list[str] = ["two_models", "alone", *beside]
    cases = cases[seed % len(cases) :] + cases[: seed % len(cases)]
    found: dict[str, dict[str, float]] = {}
    for case in cases:
        neighbours.wait(patience)
        others: dict[str, float] = {}
        with neighbours.counted(others):
            if case == "two_models":
                found[case] = measure_two_models("ours", seconds, seed)
            else:
                found[case] = play(address, seconds, seed, "" if case == "alone" else case)
        found[case] |= others
        print(case, found[case], f"load {os.getloadavg()[0]:.1f}", flush=True)
    for case in beside:
        found[case]["points_lost"] = 100 * (found["alone"]["tracker"] - found[case]["tracker"])
    two = found["two_models"]
    two["points_lost"] = 100 * (two["tracker_alone"] - two["tracker_beside"])
    return {case: {key: round(value, 4) for key, value in figures.items()} for case, figures in found.items()}


def bit_equal_over_the_wire(address: str) -> dict[str, bool]:
    """Whether single answers are those of the same module, made here."""
    from own.asking import one, pixels
    from own.studio import RESIDUAL, VIT

    same = {}
    for model in (VIT, RESIDUAL):
        module, arrays = model.load().eval(), pixels(7)
        with torch.inference_mode():
            made = module(torch.from_numpy(arrays["pixel_values"])[None])
        plain = made if isinstance(made, torch.Tensor) else made["logits"]
        same[model.name] = np.array_equal(asyncio.run(one(address, model.name, arrays)), plain[0].numpy())
    return same


def measure_cost(turns: int) -> tuple[dict[str, Any], dict[str, bool]]:
    """What suspending costs at the default slices, and whether answers are equal in this process."""
    from own.cost import equal
    from own.cost import measure as measure_one
    from own.studio import RESIDUAL, VIT

    host = Host(torch.device("cpu"), slice_target=0.004)
    with host.entered():
        same = equal(host, [VIT, RESIDUAL])
        return {model.name: measure_one(host, model, turns) for model in (VIT, RESIDUAL)}, same


def medians(rounds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The median of each figure over the rounds, and for points lost their range."""
    results = {}
    for case in rounds[0]:
        keys = rounds[0][case]
        results[case] = {key: round(statistics.median(each[case][key] for each in rounds), 4) for key in keys}
        if "points_lost" in keys:
            lost = [each[case]["points_lost"] for each in rounds]
            results[case] |= {"points_lost_least": min(lost), "points_lost_most": max(lost)}
    return results


def quiet(rounds: list[dict[str, dict[str, float]]]) -> dict[str, list[float]]:
    """Points lost in the rounds in which the machine's other users took little during the case."""
    return {
        case: [each[case]["points_lost"] for each in rounds if each[case]["others"] < LITTLE]
        for case in rounds[0]
        if "points_lost" in rounds[0][case]
    }


def show_all(results: dict[str, dict[str, float]]) -> None:
    """Print a table of all cases."""
    keys = ("tracker", "answered_p99_ms", "points_lost", "heavy_per_second", "others")
    rows = [(case, *(figures.get(key, "") for key in keys)) for case, figures in results.items()]
    columns = ("case", "in 16.6 ms", "99 % within ms", "points lost", "heavy / s", "others' cores")
    show("A tracker (5 ms, budget 16.6) beside models of one's own", columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--patience", type=float, default=0.0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    load = [os.getloadavg()[0]]
    cost, same = measure_cost(options.turns)
    print("cost", cost, same, flush=True)
    rounds = []
    with studio() as (address, neighbours):
        wire = bit_equal_over_the_wire(address)
        for seed in range(1, options.rounds + 1):
            try:
                rounds.append(measure(address, neighbours, options.seconds, options.patience, seed))
            except PeerUnavailable as reason:
                raise SystemExit(str(reason)) from None
            print(f"{seed}/{options.rounds}", rounds[-1], flush=True)
            load.append(os.getloadavg()[0])
    results = medians(rounds)
    show_all(results)
    document = {
        "beside": results,
        "points_lost_while_quiet": quiet(rounds),
        "cost": cost,
        "worst_cost": max(figures["slicing_costs"] for figures in cost.values()),
        "bit_equal": {"in_process": same, "over_the_wire": wire},
        "rounds": rounds,
    }
    notes = {
        "seconds": options.seconds,
        "rounds": options.rounds,
        "slice_ms": _SLICE_MS,
        "patience": options.patience,
        "load_average": load,
    }
    finish("own_model", document, notes)


if __name__ == "__main__":
    main()
