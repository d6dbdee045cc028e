"""How many clients N devices can serve, by simulation of the scheduler on a virtual clock; and whether its rules hold.

A client is a game with one avatar (30 frames a second, 50 ms), a camera (3 pictures a second to classify, 66 ms, and 2
to detect, 150 ms) and one character that is spoken to every six seconds and replies with 20 tokens at 5 a second. Slice
times are those of benchmarks/results/slices.json divided by the speed of the device, joined into slices as its server
would. The table shows the most clients (within 5 %) for which 99 % of the frames are in budget, 90 % of these on the
best rung, and 90 % of tokens at their pace, over three seeds. A client stays on its device, so devices add up.

The rules are those of tests/policy/invariants.py, on thousands of traces of tests/policy/loads.py, from idle to twice
the device's capacity, and on recorded traces.

    python benchmarks/capacity.py --traces 2000
"""

import argparse
import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

_ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(_ROOT))

from harness.record import finish, show  # noqa: E402

from bridge.config import Config  # noqa: E402
from bridge.device.recording import load as load_recording  # noqa: E402
from bridge.policy.numbers import Policy  # noqa: E402
from bridge.policy.simulator import LaneSpec, Simulator  # noqa: E402
from bridge.policy.work import Continues, CostKey, Ending, Job, Rung  # noqa: E402
from tests.policy.invariants import check  # noqa: E402
from tests.policy.loads import LANES, RECORDED, load  # noqa: E402

_SECONDS = 6.0
_TOKENS, _PACE, _TURN_EVERY = 20, 0.2, 6.0
_PREFILLS = 2
_SPEEDS = (1, 4, 16)
_DEVICES = (1, 2, 4, 8)
_NOISE = 0.05  # standard deviation of a slice's duration, relative
_RESOLUTION = 0.05  # relative, of the number of clients
_SEEDS = (1, 2, 3)
_AVATAR = (Rung("avatar.64", "avatar.64"), Rung("avatar.32", "avatar.32"), Rung("repeat"))
_CLASSIFY = (Rung("classifier.224", "classifier.224"), Rung("repeat"))
_DETECT = (Rung("detector.416", "detector.416"), Rung("detector.320", "detector.320"), Rung("carry"))
_TALK = (Rung("dialogue.prefill", "dialogue.prefill"),)


def lanes(speed: float) -> list[LaneSpec]:
    """The lanes as measured, on a device that is `speed` times as fast."""
    measured = json.loads((_ROOT / "benchmarks" / "results" / "slices.json").read_text(encoding="utf-8"))
    warm: dict[str, dict[int, list[float]]] = {}
    for key, figures in measured["results"]["slices"].items():
        name, _, batch = key.rpartition(" x")
        seconds = figures["flight_p50_ms"] / 1e3 / speed
        count = max(1, min(figures["slices"], round(seconds / Config().slice_seconds)))
        warm.setdefault(name, {})[int(batch)] = [seconds / count] * count
    return [
        LaneSpec(name, max(batches), batches, holds=not name.startswith("dialogue")) for name, batches in warm.items()
    ]


def jobs_of(client: int, seed: int) -> Iterator[Job]:
    """All requests of one client."""
    draw = random.Random(f"{seed} {client}")
    for work, rate, budget, rungs in (
        ("avatar", 30.0, 0.050, _AVATAR),
        ("classify", 3.0, 0.066, _CLASSIFY),
        ("detect", 2.0, 0.150, _DETECT),
    ):
        phase = draw.uniform(0, 1 / rate)
        for index in range(int(_SECONDS * rate)):
            at = phase + index / rate + abs(draw.gauss(0, 0.001))
            yield Job(0, f"c{client}", work, at, rungs, at + budget, supersede_key=(client, work))
    at = draw.uniform(0, _TURN_EVERY)
    while at < _SECONDS:
        yield Job(0, f"c{client}", "dialogue", at, _TALK, at + 2.0, soft=True, pace=_PACE)
        at += _TURN_EVERY


def serves(clients: int, speed: float, seed: int = 1) -> bool:
    """Whether one device serves this many clients."""
    specs = lanes(speed)
    warm = {lane.name: lane.warm for lane in specs}
    draw = random.Random(seed)
    steps: Counter[int] = Counter()

    def cost(key: CostKey) -> float:
        return warm[key.lane][key.batch][key.slice] * max(0.5, draw.gauss(1.0, _NOISE))

    def output(job: Job) -> object:
        if job.work != "dialogue":
            return job.id
        steps[job.id] += 1
        if steps[job.id] == _PREFILLS + _TOKENS:
            return job.id
        prepares = steps[job.id] < _PREFILLS
        return Continues("token", "dialogue.prefill" if prepares else "dialogue.decode", prepares)

    simulator = Simulator(specs, cost, output=output)
    arriving = sorted((job for client in range(clients) for job in jobs_of(client, seed)), key=lambda job: job.arrival)
    for number, job in enumerate(arriving):
        job.id = number
        simulator.submit_at(job.arrival, job)
    history = simulator.run(_SECONDS + 1.0)
    frames = [o for o in history.outcomes if o.job.hard and o.ending is not Ending.SUPERSEDED]
    in_time = [o for o in frames if o.ending is Ending.ANSWERED and o.job.rungs[o.job.rung].lane is not None]
    best = sum(outcome.job.rung == 0 for outcome in in_time)
    tokens = [outcome for outcome in history.outcomes if outcome.ending is Ending.PARTIAL]
    paced = sum(outcome.late_by <= 0 for outcome in tokens)
    superseded = len(arriving) - len(frames) - sum(job.soft for job in arriving)
    return (
        len(in_time) >= 0.99 * len(frames)
        and best >= 0.9 * len(in_time)
        and paced >= 0.9 * len(tokens) > 0
        and superseded <= 0.01 * len(arriving)
    )


def upper_bound(speed: float) -> float:
    """How many clients fill the device with the widest batches and no gaps."""
    row = {lane.name: sum(lane.warm[lane.cap]) / lane.cap for lane in lanes(speed)}
    frames = 30.0 * row["avatar.64"] + 3.0 * row["classifier.224"] + 2.0 * row["detector.416"]
    talk = (_PREFILLS * row["dialogue.prefill"] + _TOKENS * row["dialogue.decode"]) / _TURN_EVERY
    return 1.0 / (frames + talk)


def most_clients(speed: float) -> int:
    """The most clients that one device serves, by bisection."""
    least, most = 0, math.ceil(upper_bound(speed)) + 1
    while most - least > max(1, _RESOLUTION * most):
        middle = (least + most) // 2
        enough = all(serves(middle, speed, seed) for seed in _SEEDS)
        least, most = (middle, most) if enough else (least, middle)
    return least


def hold_rules(traces: int) -> dict[str, float]:
    """Check every rule on every trace, generated and recorded. AssertionError names the trace and the rule."""
    began, jobs, endings = time.perf_counter(), 0, Counter[str]()
    for name, depth, lanes_of_it, arriving, simulator in chain(_generated(traces), _recorded()):
        history = simulator.run()
        try:
            check(arriving, history, lanes_of_it, Policy(), depth)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
        jobs += len(arriving)
        endings.update(outcome.ending.value for outcome in history.outcomes)
    seconds = time.perf_counter() - began
    recorded = len(list(RECORDED.glob("*.jsonl")))
    return {"traces": traces, "recorded": recorded, "jobs": jobs, "broken": 0, "seconds": round(seconds, 1), **endings}


_Trace = tuple[str, int, Sequence[LaneSpec], Sequence[Job], Simulator]


def _generated(traces: int) -> Iterator[_Trace]:
    for seed in range(traces):
        trace, depth = load(seed), 1 + seed % 2
        yield f"seed {seed}", depth, LANES, trace.jobs, trace.simulator(seed, depth)


def _recorded() -> Iterator[_Trace]:
    for path in sorted(RECORDED.glob("*.jsonl")):
        for depth in (1, 2):
            recording = load_recording(path, depth=depth)
            yield path.stem, depth, recording.lanes, recording.jobs, recording.simulator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=2000)
    options = parser.parse_args()
    rules = hold_rules(options.traces)
    print(rules, flush=True)
    table, bounds = {}, {}
    for speed in _SPEEDS:
        table[f"x{speed}"], bounds[f"x{speed}"] = most_clients(speed), round(upper_bound(speed), 1)
        print(f"x{speed}: {table[f'x{speed}']} clients, upper bound {bounds[f'x{speed}']}", flush=True)
    rows = [(f"{speed} x", *(devices * table[f"x{speed}"] for devices in _DEVICES)) for speed in _SPEEDS]
    show("Clients by devices", ("speed of a device", *map(str, _DEVICES)), rows)
    finish("capacity", {"rules": rules, "clients_of_one_device": table, "would_fill_it": bounds})


if __name__ == "__main__":
    main()
