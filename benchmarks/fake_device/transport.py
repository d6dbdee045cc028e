"""What an answer costs our server in CPU when many games ask, each over a connection of its own.

Each game asks for an avatar at 30 frames a second. The device takes next to no time, and waiting for it is not counted.
"""

import tempfile
from pathlib import Path

from fake_device.cost import LEAD_IN, around_idle, cost_of, waiting_cpu
from fake_device.play import Request, write_trace
from fake_device.runner import run_peer
from fake_device.traces import frames
from fake_device.workload import Model, Workload

_RATE, _BUDGET = 30.0, 0.050
_QUICK = Model("texture", 0.001, 8)
_PAUSE = 0.7  # seconds after the trace, for queues to empty
_SAMPLE = 0.1  # of them, before the client leaves


def cpu_of_answers(games: int, seconds: float, repeats: int) -> list[float]:
    """The server's CPU time for each answer, in seconds: one figure a repeat."""
    waiting = waiting_cpu(_QUICK.seconds)
    return [_measure(games, seconds, seed, waiting) for seed in range(1, repeats + 1)]


def _measure(games: int, seconds: float, seed: int, waiting: float) -> float:
    asks = frames(games, seconds, budget=_BUDGET, seed=seed, clients=games, rate=_RATE)
    over = LEAD_IN + asks[-1].at + _PAUSE
    requests = [Request(LEAD_IN + ask.at, ask.model, f"c{ask.client}", ask.budget, ask.more) for ask in asks]
    requests.append(Request(over, _QUICK.name, "c0", _BUDGET))  # until then the clients stay connected
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        write_trace(trace, requests)
        samples = (*around_idle(LEAD_IN), over - _SAMPLE)
        outcome = run_peer("ours", f"connections={games}", Workload("quick", (_QUICK,)), trace, samples)
    answers = outcome.answers[:-1]
    received = sum(answer.received >= 0 for answer in answers)
    flights = len({answer.flight for answer in answers if answer.flight >= 0})
    return cost_of(answers, outcome.cpu[:2], outcome.cpu[1:]).server - waiting * flights / max(1, received)
