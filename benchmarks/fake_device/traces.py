"""Seeded open-loop traces of games: a game sends its next request without waiting for the last answer.

Frames come at 60 Hz, each client with a fixed phase and a jitter of a millisecond. The requests of one frame are made
by one update of the game, within 0.4 ms; `more` says which of them are not its last.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

FRAME = 1 / 60
_SPREAD = 0.0004  # seconds within which the requests of one frame are made
_JITTER = 0.001  # standard deviation of a frame's start


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, made at `at` seconds from the start by a client to a model, with a budget in seconds.

    `more`: the same update of the client's game makes another one.
    """

    at: float
    model: str
    client: int
    budget: float
    more: bool = False


def frames(
    k: int,
    seconds: float,
    *,
    budget: float,
    model: str = "texture",
    seed: int = 1,
    clients: int = 1,
    rate: float = 60.0,
) -> list[Ask]:
    """`k` requests per frame in total, from `clients` games that run at `rate` Hz, each with its own phase."""
    return _ordered(
        ask
        for client in range(clients)
        for ask in _game(
            random.Random(f"{seed} {client}"), client, _share(k, clients, client), seconds, budget, model, rate
        )
    )


def bursts(k: int, seconds: float, *, budget: float, seed: int = 1) -> list[Ask]:
    """One request per frame, and about every half second a frame with `k`, as when a crowd comes into view."""
    draw = random.Random(seed)
    asks, at = [], 0.0
    while at < seconds:
        count = k if draw.random() < FRAME / 0.5 else 1
        asks += _update(draw, at, count, "texture", 0, budget)
        at += FRAME
    return _ordered(iter(asks))


def stalls(k: int, seconds: float, *, budget: float, seed: int = 1) -> list[Ask]:
    """Cameras that stall for up to 300 ms and then send all missed frames at once."""
    draw = random.Random(seed)
    asks: list[Ask] = []
    for camera in range(k):
        at, until = draw.uniform(0, FRAME), 0.0
        while at < seconds:
            if at >= until and draw.random() < FRAME / 3.0:  # about every three seconds
                until = at + draw.uniform(0.05, 0.3)
            asks.append(Ask(max(at, until) + draw.gauss(0, _JITTER) ** 2, "texture", camera, budget))
            at += FRAME
    return _ordered(iter(asks))


def _game(
    draw: random.Random, client: int, k: int, seconds: float, budget: float, model: str, rate: float
) -> Iterator[Ask]:
    phase = draw.uniform(0, 1 / rate) if client else 0.0
    for index in range(int(seconds * rate)):
        start = phase + index / rate + abs(draw.gauss(0, _JITTER))
        yield from _update(draw, start, k, model, client, budget)


def _update(draw: random.Random, start: float, count: int, model: str, client: int, budget: float) -> Iterator[Ask]:
    """The requests of one update of a game."""
    times = sorted(start + draw.uniform(0, _SPREAD) for _ in range(count))
    for left, at in zip(range(count - 1, -1, -1), times, strict=True):
        yield Ask(at, model, client, budget, more=left > 0)


def _share(k: int, clients: int, client: int) -> int:
    return k // clients + (client < k % clients)


def _ordered(asks: Iterator[Ask]) -> list[Ask]:
    return sorted(asks, key=lambda ask: ask.at)
