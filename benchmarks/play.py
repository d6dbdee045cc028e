"""Plays a trace against a server, open loop: each request leaves at its time, whether or not the last was answered.

Standard library only. A peer's client script gives `main` a way to connect and runs in the peer's own environment:
`python ask.py ADDRESS TRACE RESULT`. Times are seconds on `time.perf_counter`, except `Request.at`, which counts from
the start of the play.
"""

import asyncio
import gc
import json
import selectors
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

WARM_UP_REQUESTS = 50
_AT_ONCE = 10  # requests of the warm-up
_LEAD = 0.05
_SETTLE = 0.2
_READY_SECONDS = 60.0


class Request(NamedTuple):
    """One request, `at` seconds after the start, whose answer `client` wants within `budget` seconds."""

    at: float
    model: str
    client: str
    budget: float


class Answer(NamedTuple):
    """What became of a request. `received` is negative without an answer, `flight` -1 where the device had no part."""

    sent: float
    received: float
    flight: int
    rung: int


class Refused(Exception):
    """The server did not answer this request: refused, timed out, or an error."""


Ask = Callable[[Request], Awaitable[tuple[int, int]]]  # a request to the flight and the rung of its answer
Connect = Callable[[str, Sequence[str]], AbstractAsyncContextManager[Ask]]  # by address and names of the models


async def play(requests: Sequence[Request], ask: Ask, grace: float = 1.0) -> list[Answer]:
    """Ask for each request at its time; answers in the order of `requests`.

    What has not been answered `grace` seconds after the last request's budget counts as not answered.
    """
    loop = asyncio.get_running_loop()
    asked: dict[int, asyncio.Task[Answer]] = {}
    order = sorted(range(len(requests)), key=lambda index: requests[index].at)
    with _collector_at_rest():
        began = time.perf_counter() + _LEAD
        for at, together in groupby(order, key=lambda index: requests[index].at):
            await _sleep_until(began + at)
            for index in together:
                asked[index] = loop.create_task(_answer(requests[index], ask))
        ends = began + max((request.at + request.budget for request in requests), default=0.0) + grace
        await _all_before(ends, asked.values())
    return [asked[index].result() for index in range(len(requests))]


async def ready(models: Iterable[str], ask: Ask, seconds: float = _READY_SECONDS) -> None:
    """Return once each model has answered. TimeoutError when one does not within `seconds`."""
    async with asyncio.timeout(seconds):
        for model in models:
            while not await _answers(model, ask):  # noqa: ASYNC110 (the server tells nobody that it is ready)
                await asyncio.sleep(_SETTLE)


async def warm_up(models: Iterable[str], ask: Ask, count: int = WARM_UP_REQUESTS) -> None:
    """Send `count` requests to each model, some at once, and give what they left behind time to go."""
    for model in models:
        for first in range(0, count, _AT_ONCE):
            await asyncio.gather(*(_answers(model, ask) for _ in range(first, min(count, first + _AT_ONCE))))
    await asyncio.sleep(_SETTLE)


def write_trace(path: Path, requests: Sequence[Request]) -> None:
    """One JSON array of requests, each an array of its fields."""
    path.write_text(json.dumps(requests), encoding="utf-8")


def read_trace(path: Path) -> list[Request]:
    """What `write_trace` wrote."""
    return [Request(*fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def read_answers(path: Path) -> list[Answer]:
    """The result file of a play: one answer for each request, in the trace's order."""
    return [Answer(*fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def main(connect: Connect) -> None:
    """A client script's whole life: wait for the server, warm up, play the trace, write the answers."""
    address, trace, result = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    # epoll rounds what it waits up to whole milliseconds; select does not, and a few hundred sockets are enough here
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        answers = runner.run(_play_against(address, read_trace(trace), connect))
    result.write_text(json.dumps(answers), encoding="utf-8")


async def _play_against(address: str, requests: Sequence[Request], connect: Connect) -> list[Answer]:
    models = sorted({request.model for request in requests})
    async with connect(address, models) as ask:
        await ready(models, ask)
        await warm_up(models, ask)
        return await play(requests, ask)


async def _answer(request: Request, ask: Ask) -> Answer:
    sent = time.perf_counter()
    try:
        flight, rung = await ask(request)
    except (Refused, asyncio.CancelledError):
        return Answer(sent, -1.0, -1, -1)
    return Answer(sent, time.perf_counter(), flight, rung)


async def _answers(model: str, ask: Ask) -> bool:
    try:
        await ask(Request(0.0, model, "warm-up", 1.0))
    except Refused:
        return False
    return True


async def _all_before(ends: float, tasks: Iterable[asyncio.Task[Answer]]) -> None:
    waiting = [task for task in tasks if not task.done()]
    if waiting:
        _, late = await asyncio.wait(waiting, timeout=ends - time.perf_counter())
        for task in late:
            task.cancel()
        await asyncio.gather(*late)


async def _sleep_until(instant: float) -> None:
    if (left := instant - time.perf_counter()) > 0:
        await asyncio.sleep(left)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
