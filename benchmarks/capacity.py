"""How many clients N devices can serve, by simulation of the scheduler on a virtual clock; and whether its rules hold.

A client is a game with one avatar (30 frames a second, 50 ms), a camera (3 pictures a second to classify, 66 ms, and 2
to detect, 150 ms) and one character that is spoken to every six seconds and replies with 20 tokens at 5 a second. Slice
times are those of benchmarks/results/slices.json divided by the speed of the device, joined into slices as its server
would. `by_device` is the most clients (within 5 %) for which 99 % of the frames are in budget, 90 % of these on the
best rung, and 90 % of tokens at their pace, over three seeds. A token is at its pace if it is no later than a tenth of
that: it is due one pace after the last, and goes when it is due, so some are a millisecond late on any device.

The simulator has no transport, and the Python of a server runs on one core. So in the same run our server, on a fake
device, answers 32 games that ask for an avatar each, over a connection each; `server_cpu_us` is the CPU time that it
takes for an answer (median of three, with its range). `by_transport` is for how many clients all answers and tokens
together take 70 % of a core at that price; beyond, an answer waits for others longer than it takes. The table shows the
fewer of the two. A device has a server of its own, and a core for it; a client stays on its device, so devices add up.
A picture to recognise, which takes longer to read than to ask for an avatar, counts as one answer.

The rules are those of tests/policy/invariants.py, on thousands of traces of tests/policy/loads.py, from idle to twice
the device's capacity, and on recorded traces.

    python benchmarks/capacity.py --traces 2000
"""

import argparse
import json
import math
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(_ROOT))

from fake_device.transport import cpu_of_answers  # noqa: E402
from harness.record import finish, show  # noqa: E402

from bridge.config import Config  # noqa: E402
from bridge.device.recording import load as load_recording  # noqa: E402
from bridge.policy.numbers import Policy  # noqa: E402
from bridge.policy.simulator import LaneSpec, Simulator  # noqa: E402
from bridge.policy.work import Continues, CostKey, Ending, Job, Rung  # noqa: E402
from tests.policy.invariants import check  # noqa: E402
from tests.policy.loads import LANES, RECORDED, load  # noqa: E402

_SECONDS = 6.0
_FRAMES, _CLASSIFIED, _DETECTED = 30.0, 3.0, 2.0  # a second and client
_TOKENS, _PACE, _TURN_EVERY = 20, 0.2, 6.0
_PREFILLS = 2
_AT_PACE = 0.1 * _PACE  # seconds; a token that is later than this counts as late
_SPEEDS = (1, 4, 16)
_DEVICES = (1, 2, 4, 8)
_NOISE = 0.05  # standard deviation of a slice's duration, relative
_RESOLUTION = 0.05  # relative, of the number of clients
_SEEDS = (1, 2, 3)
_GAMES, _PLAYED, _REPEATS = 32, 5.0, 3  # to measure the transport
_CORE_SHARE = 0.7
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
        ("avatar", _FRAMES, 0.050, _AVATAR),
        ("classify", _CLASSIFIED, 0.066, _CLASSIFY),
        ("detect", _DETECTED, 0.150, _DETECT),
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
    paced = sum(outcome.late_by <= _AT_PACE for outcome in tokens)
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
    frames = _FRAMES * row["avatar.64"] + _CLASSIFIED * row["classifier.224"] + _DETECTED * row["detector.416"]
    talk = (_PREFILLS * row["dialogue.prefill"] + _TOKENS * row["dialogue.decode"]) / _TURN_EVERY
    return 1.0 / (frames + talk)


def answers_of_client() -> float:
    """How many answers and tokens a client receives in a second."""
    return _FRAMES + _CLASSIFIED + _DETECTED + _TOKENS / _TURN_EVERY


def by_transport(cpu: float) -> int:
    """How many clients a server's core can answer at this CPU time an answer, in seconds."""
    return int(_CORE_SHARE / (answers_of_client() * cpu))


def transport_figures(costs: Sequence[float]) -> dict[str, Any]:
    """What the transport allows, by the CPU times of an answer in several runs."""
    cpu = statistics.median(costs)
    return {
        "server_cpu_us": round(1e6 * cpu, 1),
        "server_cpu_us_range": [round(1e6 * min(costs), 1), round(1e6 * max(costs), 1)],
        "games": _GAMES,
        "answers_a_second_of_a_client": round(answers_of_client(), 1),
        "core_share": _CORE_SHARE,
        "clients": by_transport(cpu),
    }


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
    transport = transport_figures(cpu_of_answers(_GAMES, _PLAYED, _REPEATS))
    answered = transport["clients"]
    print(f"transport: {transport}", flush=True)
    simulated, bounds = {}, {}
    for speed in _SPEEDS:
        simulated[f"x{speed}"], bounds[f"x{speed}"] = most_clients(speed), round(upper_bound(speed), 1)
        print(f"x{speed}: {simulated[f'x{speed}']} clients, upper bound {bounds[f'x{speed}']}", flush=True)
    table = {speed: min(clients, answered) for speed, clients in simulated.items()}
    rows = [
        (f"{speed} x", simulated[f"x{speed}"], answered, *(devices * table[f"x{speed}"] for devices in _DEVICES))
        for speed in _SPEEDS
    ]
    columns = ("speed of a device", "by device", "by transport", *map(str, _DEVICES))
    show(f"Clients by devices, at {transport['server_cpu_us']} us of server CPU an answer", columns, rows)
    results = {"rules": rules, "transport": transport, "by_device": simulated}
    finish("capacity", results | {"clients_of_one_device": table, "would_fill_it": bounds})


if __name__ == "__main__":
    main()
