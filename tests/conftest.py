"""One event loop in a thread for all tests that talk to servers, and the server with the real models."""

import asyncio
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile(
    "framebridge", deadline=None
)  # how long a case takes says more of the machine than of the code
settings.load_profile("framebridge")

Run = Callable[[Coroutine[Any, Any, Any]], Any]
_LONGEST_SECONDS = 120.0


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Runs a coroutine to its end on the one loop that servers and clients share."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="tests-loop", daemon=True)
    thread.start()

    def run_to_its_end(coroutine: Coroutine[Any, Any, Any]) -> Any:
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        try:
            return future.result(_LONGEST_SECONDS)
        except TimeoutError:
            if future.done():
                raise  # its own
            raise AssertionError(f"not over after {_LONGEST_SECONDS:g} s\n{_whereabouts(loop)}") from None

    yield run_to_its_end
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _whereabouts(loop: asyncio.AbstractEventLoop) -> str:
    """Where each task waits and each thread is: what hangs once in thousands of tests is not found otherwise."""
    lines = []
    for task in asyncio.all_tasks(loop):
        lines.append(f"task {task.get_name()}")
        awaited: Any = task.get_coro()
        while (frame := getattr(awaited, "cr_frame", None)) is not None:
            lines.append(f"  {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}")
            awaited = awaited.cr_await
        lines.append(f"  for {awaited!r}")
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        lines += [f"thread {names.get(ident)}", *(line.rstrip() for line in traceback.format_stack(frame)[-4:])]
    return "\n".join(lines)


@pytest.fixture(scope="session")
def fake(run: Run) -> Iterator[Any]:
    """A server with quick models, shared by the tests over the wire; each has clients of its own."""
    from tests.serving.server import FakeServer  # brings torch

    server = FakeServer()
    run(server.start())
    yield server
    run(server.server.stop(0.0))


@pytest.fixture(scope="session")
def own(run: Run) -> Iterator[Any]:
    """A server with small models that take tensors."""
    from tests.interop.server import OwnServer  # brings torch

    server = OwnServer()
    run(server.start())
    yield server
    run(server.server.stop(0.0))


@pytest.fixture(scope="session")
def server(run: Run) -> Iterator[Any]:
    """A `bridge.server.Server` with all embedded models on a free port; `server.port` tells which."""
    from bridge.config import Config
    from bridge.server import Server

    server = Server(Config(port=0, dialogue_slots=4))

    async def start() -> None:
        await server.start()
        await server.ready

    run(start())
    yield server
    run(server.stop(0.0))
