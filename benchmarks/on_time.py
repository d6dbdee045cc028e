"""Answers within the frame: our server and those people would pick instead, on one fake device, with the same traces.

The model takes 10 ms per batch of up to eight rows. Games request k answers at each of 60 frames a second, all at once
(12 are 90 % of the device's capacity, 16 are 120 %), in bursts, from several clients, or from cameras that stall. Each
contender plays the same traces over its real transport, with a budget of 33 ms. `oracle` is the most that any schedule
with knowledge of the trace could answer in time, given the shortest transport time that any contender showed.

Shares are of all requests, and of new pictures only: `in_33ms`. With earlier pictures shown again it is
`in_33ms_or_repeat`, and `full_rung` the share of these that are new. `wasted` is the share of device time for rows
whose answer was late or dropped. `best_only` is our server without cheaper rungs, `ours_unbundled` server and client
without bundles. Triton's queue timeout is swept over a grid; the best value for each trace is shown.

`server_cpu_us` and `client_cpu_us` are the user and system time that the whole process tree of server and client takes
for an answer (a refusal is none, an earlier picture is one), less what it takes when idle, in microseconds: medians
over the repeats, and their ranges. The kernel's clocks of the processes (harness/cpu.py) are read by this program, in
the pauses between the traces when queues are empty; what servers and clients take when idle is measured in the pause
before the first trace, in which the client is connected. A server that polls when it is idle (`server_idle_share` of a
core) has no figure that means much; the table says so. Beside them are the floors of the transport, which answer at
once without the device: `echo`, a bare grpc.aio server with a message for each request and answer, and `echo_bundled`,
with one each way for all requests of a game's update. Servers with a device also wait for its flights, awake for the
last 0.2 ms of each: `flight_cpu_us`, of which an answer has its part.

    python benchmarks/on_time.py --repeats 3 --seconds 4                     # forty minutes
    python benchmarks/on_time.py --contenders ours triton --traces k1 k8   # some; a result only with --name
    python benchmarks/on_time.py --repeats 5 --seconds 10 --name on_time_epyc   # beside another machine's results
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fake_device.cost import LEAD_IN, around_idle, cost_of, rates, waiting_cpu
from fake_device.device import Flight
from fake_device.oracle import most_on_time
from fake_device.play import Answer, Request, write_trace
from fake_device.runner import CpuSample, PeerUnavailable, run_peer
from fake_device.traces import FRAME, Ask, bursts, frames, stalls
from fake_device.workload import TEXTURE
from harness.record import finish, show

_COST, _CAP, _BUDGET = 0.010, 8, 2 * FRAME
_PAUSE = 0.7  # seconds between the traces of a run, after the longest queue has emptied
_SAMPLE = 0.15  # seconds before a trace at which CPU time is read
_GRID = (8, 12, 16, 20)  # milliseconds, Triton's queue timeout

CONTENDERS = {
    "ours": ("ours", "default"),
    "ours_unbundled": ("ours", "unbundled"),
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
FLOORS = {"echo": ("echo", "default"), "echo_bundled": ("echo", "bundled")}
TRACES = ("k1", "k3", "k8", "k12", "k16", "bursts", "clients", "stalls")
_OF_FLOORS = ("p50_ms", "server_idle_share", "server_cpu_us", "client_cpu_us")
_POLLS = 0.05  # of a core, taken when idle
_CPU = ("server_cpu_us", "client_cpu_us")

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One trace of a run."""

    name: str
    asks: Sequence[Ask]
    begins: float

    @property
    def ends(self) -> float:
        return self.begins + max(ask.at for ask in self.asks)

    @property
    def over(self) -> float:
        """When the queue is empty of a server that answers everything, however late."""
        return max(self.ends, self.begins + len(self.asks) * _COST / _CAP) + _PAUSE


def parts(seconds: float, seed: int, names: Sequence[str] = TRACES) -> list[Part]:
    """These traces, one after the other."""
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
    found, begins = [], LEAD_IN
    for name in names:
        found.append(Part(name, traces[name], begins))
        begins = found[-1].over
    return found


def measure(contender: str, traces: Sequence[Part]) -> dict[str, Figures]:
    """Run all traces once. PeerUnavailable if the contender cannot run here."""
    requests = [
        Request(part.begins + ask.at, ask.model, f"c{ask.client}", ask.budget, ask.more)
        for part in traces
        for ask in part.asks
    ]
    requests.append(Request(traces[-1].over, "texture", "c0", _BUDGET))  # until then the client stays connected
    peer, configuration = (CONTENDERS | FLOORS)[contender]
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        write_trace(trace, requests)
        outcome = run_peer(peer, configuration, TEXTURE, trace, _samples(traces))
    results, first = {}, 0
    for number, part in enumerate(traces):
        answers = outcome.answers[first : first + len(part.asks)]
        first += len(part.asks)
        results[part.name] = _figures(answers, outcome.flights) | _cpu_figures(answers, outcome.cpu, number)
    return results


def _samples(traces: Sequence[Part]) -> list[float]:
    """When CPU time is read: around an idle second, before each trace and after the last."""
    return [*around_idle(traces[0].begins), *(part.over - _SAMPLE for part in traces)]


def _cpu_figures(answers: Sequence[Answer], samples: Sequence[CpuSample], number: int) -> Figures:
    cost = cost_of(answers, samples[:2], samples[number + 1 : number + 3])
    idle, _ = rates(samples[:2])
    return {"server_cpu_us": 1e6 * cost.server, "client_cpu_us": 1e6 * cost.client, "server_idle_share": idle}


def _figures(answers: Sequence[Answer], flights: Iterable[Flight]) -> Figures:
    new = [answer for answer in answers if answer.received >= 0 and answer.rung == 0]
    took = [answer.received - answer.sent for answer in new]
    in_time = [answer for answer in new if answer.received <= answer.sent + _BUDGET]
    any_in_time = sum(0 <= answer.received <= answer.sent + _BUDGET for answer in answers)
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
        "in_33ms_or_repeat": any_in_time / len(answers),
        "full_rung": len(in_time) / max(1, any_in_time),
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


def medians(runs: Sequence[dict[str, Figures]]) -> dict[str, Figures]:
    """The median over the repeats of each figure of each trace, and the range of CPU times."""
    found = {
        name: {figure: round(statistics.median(run[name][figure] for run in runs), 4) for figure in runs[0][name]}
        for name in runs[0]
    }
    for name, figures in found.items():
        for figure in _CPU:
            values = [run[name][figure] for run in runs]
            figures[figure] = round(figures[figure], 1)
            figures[f"{figure}_range"] = [round(min(values), 1), round(max(values), 1)]
    return found


def play_all(
    names: Sequence[str], seconds: float, repeats: int, traces: Sequence[str] = TRACES
) -> dict[str, list[dict[str, Figures]]]:
    """Play all contenders in turn, `repeats` times; ablations of our scheduler once."""
    runs: dict[str, list[dict[str, Figures]]] = {name: [] for name in names}
    for repeat in range(repeats):
        played = parts(seconds, repeat + 1, traces)
        for name in names:
            if name in ABLATIONS and repeat:
                continue
            try:
                runs[name].append(measure(name, played))
            except PeerUnavailable as reason:
                print(f"{name}: {reason}", flush=True)
            else:
                shares = ", ".join(f"{part} {found['in_33ms']:.3f}" for part, found in runs[name][-1].items())
                print(f"{repeat + 1}/{repeats} {name}: {shares}", flush=True)
    return {name: found for name, found in runs.items() if found}


def gather(runs: dict[str, list[dict[str, Figures]]], played: Sequence[Part]) -> dict[str, dict[str, Figures]]:
    """The results by trace and contender, with the best of Triton's timeouts. Of the floors, what they take."""
    by_contender = {name: medians(found) for name, found in runs.items() if name not in FLOORS}
    floors = {name: medians(found) for name, found in runs.items() if name in FLOORS}
    first = played[0].name  # k1, where requests do not wait for each other, unless it is left out
    floor = min((found[first]["floor_ms"] for found in by_contender.values()), default=0.0) / 1e3
    results: dict[str, dict[str, Figures]] = {}
    for part in played:
        of_part: dict[str, Figures] = {name: found[part.name] for name, found in by_contender.items()}
        swept = {name: of_part.pop(name) for name in list(of_part) if name.startswith("triton_timeout_")}
        if swept:
            best = max(swept, key=lambda name: swept[name]["in_33ms"])
            of_part["triton_timeout"] = swept[best] | {"timeout_ms": int(best.rpartition("_")[2])}
        of_part["oracle"] = oracle(part, floor)
        for name, found in floors.items():
            of_part[name] = {
                key: value for key, value in found[part.name].items() if key in _OF_FLOORS or key.endswith("_range")
            }
        results[part.name] = of_part
    return results


def table(results: dict[str, dict[str, Figures]]) -> None:
    """Print a table per trace, and one of CPU time."""
    shares = ("in_16ms", "in_33ms", "in_33ms_or_repeat", "full_rung", "wasted")
    columns = ("contender", "in 16.6 ms", "in 33 ms", "or repeat", "best rung", "wasted", "p50 ms", "p99 ms")
    for trace, contenders in results.items():
        rows = [
            (name, *(f"{figures[figure]:.1%}" if figure in figures else "" for figure in shares),
             *(f"{figures[figure]:.1f}" if figure in figures else "" for figure in ("p50_ms", "p99_ms")))
            for name, figures in contenders.items() if name not in FLOORS
        ]  # fmt: skip
        show(trace, columns, rows)
    names = [name for name, figures in next(iter(results.values())).items() if _CPU[0] in figures]
    for figure, whose in zip(_CPU, ("Server", "Client"), strict=True):
        rows = [(name, *(_ranged(contenders[name], figure) for contenders in results.values())) for name in names]
        show(f"{whose} CPU an answer, us: median (range)", ("contender", *results), rows)


def _ranged(figures: Figures, figure: str) -> str:
    if figure == _CPU[0] and figures["server_idle_share"] > _POLLS:
        return "polls"
    least, most = figures[f"{figure}_range"]
    return f"{figures[figure]:.0f} ({least:.0f}-{most:.0f})" if least < most else f"{most:.0f}"


def plot(results: dict[str, dict[str, Figures]], path: Path) -> None:
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
    colours = iter(("#1f77b4", "#17becf", "#2ca02c", "#9467bd", "#8c564b", "#ff7f0e", "#bcbd22", "#e377c2", "#7f7f7f"))
    for name in contenders:
        if name in ABLATIONS or name in FLOORS:
            continue
        colour, line, width = own[name] if name in own else (next(colours), "-", 1.2)
        yield name, {"color": colour, "linestyle": line, "linewidth": width, "marker": "o", "ms": 3, "label": name}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    everything = [*CONTENDERS, *FLOORS]
    parser.add_argument("--contenders", nargs="+", default=everything, choices=[*everything, "ray"])
    parser.add_argument("--traces", nargs="+", default=TRACES, choices=TRACES)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each trace")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--name", default="on_time", help="of the result files")
    parser.add_argument("--ray", action="store_true", help="also Ray Serve: a download of 1.1 GB, 20 s to start")
    options = parser.parse_args()
    CONTENDERS["ray"] = ("ray", "default")
    names = [*options.contenders, *(["ray"] if options.ray else [])]
    traces = [name for name in TRACES if name in options.traces]
    played = parts(options.seconds, 1, traces)
    assert all(earlier.begins < later.begins for earlier, later in pairwise(played))
    results = gather(play_all(names, options.seconds, options.repeats, traces), played)
    table(results)
    notes = {
        "seconds": options.seconds,
        "repeats": options.repeats,
        "flight_cpu_us": round(1e6 * waiting_cpu(_COST), 1),
    }
    print(f"waiting for a flight of the device takes {notes['flight_cpu_us']} us of CPU", flush=True)
    if len(traces) < len(TRACES):
        if options.name != "on_time":
            finish(options.name, results, notes)
        else:
            print(json.dumps({"benchmark": "on_time", "results": results, "notes": notes}), flush=True)
        return
    plot(results, Path(__file__).parent / "results" / f"{options.name}.png")
    finish(options.name, results, notes)


if __name__ == "__main__":
    main()
