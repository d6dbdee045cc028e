"""Plays a trace against a server, open loop: each request is sent at its time, answered or not.

Standard library only. A peer's client script passes `main` a function that connects, and runs in the peer's own
environment: `python ask.py ADDRESS TRACE RESULT`. Times are seconds of `time.perf_counter`, except `Request.at`, which
is relative to the start.
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
_AT_ONCE = 10  # concurrent requests of the warm-up
_LEAD = 0.05
_SETTLE = 0.2
_READY_SECONDS = 60.0


class Request(NamedTuple):
    """One request, sent by `client` at `at` seconds after the start, with a budget in seconds.

    `more`: the client's update goes on, and asks for more at once. A client that bundles writes at its end.
    """

    at: float
    model: str
    client: str
    budget: float
    more: bool = False


class Answer(NamedTuple):
    """The result of a request. `received` is negative without an answer; `flight` is -1 if the device was not used, and
    `rung` above 0 if the answer is a cheaper one, such as an earlier picture again.
    """

    sent: float
    received: float
    flight: int
    rung: int


class Refused(Exception):
    """The server did not answer this request: a refusal, a timeout or an error."""


Ask = Callable[[Request], Awaitable[tuple[int, int]]]  # returns the flight and the rung of the answer
Connect = Callable[[str, Sequence[str]], AbstractAsyncContextManager[Ask]]  # from address and model names


async def play(
    requests: Sequence[Request], ask: Ask, grace: float = 1.0, on_start: Callable[[float], None] = lambda began: None
) -> list[Answer]:
    """Send each request at its time; returns the answers in the order of `requests`.

    A request without an answer `grace` seconds after the last deadline counts as unanswered. `on_start` gets the time
    from which requests count theirs.
    """
    loop = asyncio.get_running_loop()
    asked: dict[int, asyncio.Task[Answer]] = {}
    order = sorted(range(len(requests)), key=lambda index: requests[index].at)
    with _collector_off():
        began = time.perf_counter() + _LEAD
        on_start(began)
        for at, together in groupby(order, key=lambda index: requests[index].at):
            await _sleep_until(began + at)
            for index in together:
                asked[index] = loop.create_task(_answer(requests[index], ask))
        ends = began + max((request.at + request.budget for request in requests), default=0.0) + grace
        await _all_before(ends, asked.values())
    return [asked[index].result() for index in range(len(requests))]


async def ready(models: Iterable[str], ask: Ask, seconds: float = _READY_SECONDS) -> None:
    """Return once each model has answered. TimeoutError if one does not within `seconds`."""
    async with asyncio.timeout(seconds):
        for model in models:
            while not await _answers(model, ask):  # noqa: ASYNC110 (peers do not report when they are ready)
                await asyncio.sleep(_SETTLE)


async def warm_up(models: Iterable[str], ask: Ask, count: int = WARM_UP_REQUESTS) -> None:
    """Send `count` requests to each model, some concurrently, then wait for queues to empty."""
    for model in models:
        for first in range(0, count, _AT_ONCE):
            await asyncio.gather(*(_answers(model, ask) for _ in range(first, min(count, first + _AT_ONCE))))
    await asyncio.sleep(_SETTLE)


def write_trace(path: Path, requests: Sequence[Request]) -> None:
    """Write requests as a JSON array of arrays."""
    path.write_text(json.dumps(requests), encoding="utf-8")


def read_trace(path: Path) -> list[Request]:
    """Read what `write_trace` wrote."""
    return [Request(*fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def read_answers(path: Path) -> list[Answer]:
    """Read a result file: one answer per request, in the order of the trace."""
    return [Answer(*fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def start_file(result: Path) -> Path:
    """Where a client script writes the time of `time.perf_counter` at which its trace starts."""
    return result.with_name(f"{result.name}.start")


def main(connect: Connect) -> None:
    """The main function of a client script: wait for the server, warm up, play the trace, write the answers."""
    address, trace, result = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    # epoll rounds timeouts up to whole milliseconds; select does not, and its limit on sockets is high enough here
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        answers = runner.run(_play_against(address, read_trace(trace), connect, start_file(result)))
    result.write_text(json.dumps(answers), encoding="utf-8")


async def _play_against(address: str, requests: Sequence[Request], connect: Connect, start: Path) -> list[Answer]:
    models = sorted({request.model for request in requests})
    async with connect(address, models) as ask:
        await ready(models, ask)
        await warm_up(models, ask)
        return await play(requests, ask, on_start=lambda began: _write_whole(start, repr(began)))


def _write_whole(path: Path, text: str) -> None:
    """Write a file that nobody sees half written."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


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
def _collector_off() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
