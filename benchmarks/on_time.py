"""Answers within the frame: our server and those people would pick instead, on one fake device, with the same traces.

The model takes 10 ms per batch of up to eight rows. Games request k answers at each of 60 frames a second, all at once
(12 are 90 % of the device's capacity, 16 are 120 %), in bursts, from several clients, or from cameras that stall. Each
contender plays the same traces over its real transport, with a budget of 33 ms. `oracle` is the most that any schedule
with knowledge of the trace could answer in time, given the shortest transport time that any contender showed.

Shares are of all requests. `full_rung` is the share of answers in time that are on the best rung, `wasted` the share of
device time for rows whose answer was late or dropped. `best_only` is our server without cheaper rungs. Triton's queue
timeout is swept over a grid; the best value for each trace is shown.

    python benchmarks/on_time.py --repeats 3 --seconds 4          # half an hour
    python benchmarks/on_time.py --contenders ours triton         # some of them
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fake_device.device import Flight
from fake_device.oracle import most_on_time
from fake_device.play import Answer, Request, write_trace
from fake_device.runner import PeerUnavailable, run_peer
from fake_device.traces import FRAME, Ask, bursts, frames, stalls
from fake_device.workload import TEXTURE
from harness.record import finish, show

_COST, _CAP, _BUDGET = 0.010, 8, 2 * FRAME
_PAUSE = 0.7  # seconds between the traces of a run, for queues to empty
_GRID = (8, 12, 16, 20)  # milliseconds, Triton's queue timeout

CONTENDERS = {
    "ours": ("ours", "default"),
    "best_only": ("ours", "best_only"),
    "triton": ("triton", "default"),
    "triton_delay": ("triton", "delay=2"),
    **{f"triton_timeout_{limit}": ("triton", f"timeout={limit}") for limit in _GRID},
    "mosec": ("mosec", "default"),
    "mosec_delay": ("mosec", "delay=2"),
    "litserve": ("litserve", "default"),
    "fifo": ("ours", "fifo+best_only"),
    "fifo_delay": ("ours", "fifo_delay+best_only"),
    "edf": ("ours", "edf+best_only"),
    "deferred": ("ours", "deferred+best_only"),
    "predicted": ("ours", "predicted+best_only"),
}
ABLATIONS = ("fifo", "fifo_delay", "edf", "deferred", "predicted")


@dataclass(frozen=True, slots=True)
class Part:
    """One trace of a run."""

    name: str
    asks: Sequence[Ask]
    begins: float

    @property
    def ends(self) -> float:
        return self.begins + max(ask.at for ask in self.asks)


def parts(seconds: float, seed: int) -> list[Part]:
    """The traces, one after the other."""
    traces = {
        "k1": frames(1, seconds, budget=_BUDGET, seed=seed),
        "k3": frames(3, seconds, budget=_BUDGET, seed=seed),
        "k8": frames(8, seconds, budget=_BUDGET, seed=seed),
        "k12": frames(12, seconds, budget=_BUDGET, seed=seed),
        "k16": frames(16, seconds, budget=_BUDGET, seed=seed),
        "bursts": bursts(24, seconds, budget=_BUDGET, seed=seed),
        "clients": frames(8, seconds, budget=_BUDGET, seed=seed, clients=4),
        "stalls": stalls(8, seconds, budget=_BUDGET, seed=seed),
    }
    found, begins = [], 0.0
    for name, asks in traces.items():
        found.append(Part(name, asks, begins))
        begins = found[-1].ends + _PAUSE
    return found


def measure(contender: str, traces: Sequence[Part]) -> dict[str, dict[str, float]]:
    """Run all traces once. PeerUnavailable if the contender cannot run here."""
    requests = [
        Request(part.begins + ask.at, ask.model, f"c{ask.client}", ask.budget) for part in traces for ask in part.asks
    ]
    peer, configuration = CONTENDERS[contender]
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        write_trace(trace, requests)
        outcome = run_peer(peer, configuration, TEXTURE, trace)
    results, first = {}, 0
    for part in traces:
        answers = outcome.answers[first : first + len(part.asks)]
        first += len(part.asks)
        results[part.name] = _figures(answers, outcome.flights)
    return results


def _figures(answers: Sequence[Answer], flights: Iterable[Flight]) -> dict[str, float]:
    took = [answer.received - answer.sent for answer in answers if answer.received >= 0]
    in_time = [answer for answer in answers if 0 <= answer.received <= answer.sent + _BUDGET]
    began, ended = min(answer.sent for answer in answers), max(answer.sent for answer in answers) + _BUDGET
    mine = {flight.flight: flight for flight in flights if began <= flight.start <= ended}
    rows = dict.fromkeys(mine, 0)
    for answer in in_time:
        if answer.flight in rows:
            rows[answer.flight] += 1
    busy = sum(flight.end - flight.start for flight in mine.values())
    used = sum((flight.end - flight.start) * rows[flight.flight] / flight.rows for flight in mine.values())
    return {
        "in_16ms": sum(seconds <= FRAME for seconds in took) / len(answers),
        "in_33ms": len(in_time) / len(answers),
        "full_rung": sum(answer.rung == 0 for answer in in_time) / max(1, len(in_time)),
        "answered": len(took) / len(answers),
        "p50_ms": 1e3 * statistics.median(took) if took else 0.0,
        "p99_ms": 1e3 * sorted(took)[int(0.99 * len(took))] if took else 0.0,
        "wasted": 1 - used / busy if busy else 0.0,
        "floor_ms": 1e3 * (min((a.received - a.sent for a in in_time if a.flight >= 0), default=_COST) - _COST),
    }


def oracle(part: Part, floor: float) -> dict[str, float]:
    """The upper bound, with a transport time of `floor` seconds."""
    arrivals = [ask.at for ask in part.asks]
    shares = [most_on_time(arrivals, limit - floor, _COST, _CAP) / len(arrivals) for limit in (FRAME, _BUDGET)]
    return {"in_16ms": shares[0], "in_33ms": shares[1], "full_rung": 1.0, "p50_ms": 1e3 * (_COST + floor)}


def medians(runs: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The median over the repeats of each figure of each trace."""
    return {
        name: {figure: round(statistics.median(run[name][figure] for run in runs), 4) for figure in runs[0][name]}
        for name in runs[0]
    }


def play_all(names: Sequence[str], seconds: float, repeats: int) -> dict[str, list[dict[str, dict[str, float]]]]:
    """Play all contenders in turn, `repeats` times; ablations of our scheduler once."""
    runs: dict[str, list[dict[str, dict[str, float]]]] = {name: [] for name in names}
    for repeat in range(repeats):
        traces = parts(seconds, seed=repeat + 1)
        for name in names:
            if name in ABLATIONS and repeat:
                continue
            try:
                runs[name].append(measure(name, traces))
            except PeerUnavailable as reason:
                print(f"{name}: {reason}", flush=True)
            else:
                k12, k16 = runs[name][-1]["k12"], runs[name][-1]["k16"]
                print(f"{repeat + 1}/{repeats} {name}: k12 {k12['in_33ms']:.3f}, k16 {k16['in_33ms']:.3f}", flush=True)
    return {name: found for name, found in runs.items() if found}


def gather(runs: dict[str, list[dict[str, dict[str, float]]]], seconds: float) -> dict[str, dict[str, dict[str, Any]]]:
    """The results by trace and contender, with the best of Triton's timeouts."""
    by_contender = {name: medians(found) for name, found in runs.items()}
    floor = (
        min(found["k1"]["floor_ms"] for found in by_contender.values()) / 1e3
    )  # in this trace, requests do not wait for each other
    results: dict[str, dict[str, dict[str, Any]]] = {}
    for part in parts(seconds, seed=1):
        of_part: dict[str, dict[str, Any]] = {name: found[part.name] for name, found in by_contender.items()}
        swept = {name: of_part.pop(name) for name in list(of_part) if name.startswith("triton_timeout_")}
        if swept:
            best = max(swept, key=lambda name: swept[name]["in_33ms"])
            of_part["triton_timeout"] = swept[best] | {"timeout_ms": int(best.rpartition("_")[2])}
        results[part.name] = of_part | {"oracle": oracle(part, floor)}
    return results


def table(results: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Print a table per trace."""
    for trace, contenders in results.items():
        rows = [
            (name, *(f"{figures.get(figure, 0):.1%}" for figure in ("in_16ms", "in_33ms", "full_rung", "wasted")),
             *(f"{figures.get(figure, 0):.1f}" for figure in ("p50_ms", "p99_ms")))
            for name, figures in contenders.items()
        ]  # fmt: skip
        show(trace, ("contender", "in 16.6 ms", "in 33 ms", "best rung", "wasted", "p50 ms", "p99 ms"), rows)


def plot(results: dict[str, dict[str, dict[str, Any]]], path: Path) -> None:
    """Plot the shares in time over the load."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    loads = ("k1", "k3", "k8", "k12", "k16")
    styles = dict(_styles(results["k1"]))
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    for panel, key, title in zip(panels, ("in_16ms", "in_33ms"), ("inside 16.6 ms", "inside 33 ms"), strict=True):
        for name, style in styles.items():
            panel.plot([load[1:] for load in loads], [100 * results[load][name][key] for load in loads], **style)
        panel.set(title=f"answers {title}, % of all requests", xlabel="requests per frame at 60 Hz", ylim=(-2, 102))
        panel.grid(alpha=0.25)
    panels[1].legend(loc="lower left", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def _styles(contenders: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    own = {"ours": ("#d62728", "-", 2.6), "best_only": ("#d62728", "--", 1.6), "oracle": ("#222222", ":", 1.8)}
    colours = iter(("#1f77b4", "#17becf", "#2ca02c", "#9467bd", "#8c564b", "#ff7f0e", "#bcbd22", "#e377c2"))
    for name in contenders:
        if name in ABLATIONS:
            continue
        colour, line, width = own[name] if name in own else (next(colours), "-", 1.2)
        yield name, {"color": colour, "linestyle": line, "linewidth": width, "marker": "o", "ms": 3, "label": name}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS), choices=[*CONTENDERS, "ray"])
    parser.add_argument("--seconds", type=float, default=4.0, help="of each trace")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--ray", action="store_true", help="also Ray Serve: a download of 1.1 GB, 20 s to start")
    options = parser.parse_args()
    CONTENDERS["ray"] = ("ray", "default")
    names = [*options.contenders, *(["ray"] if options.ray else [])]
    assert all(earlier.begins < later.begins for earlier, later in pairwise(parts(options.seconds, 1)))
    results = gather(play_all(names, options.seconds, options.repeats), options.seconds)
    table(results)
    plot(results, Path(__file__).parent / "results" / "on_time.png")
    finish("on_time", results, {"seconds": options.seconds, "repeats": options.repeats})


if __name__ == "__main__":
    main()
