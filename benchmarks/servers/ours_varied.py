"""Our complete server on the fake device, with one thing changed; transport.py compares it with itself.

FRAMEBRIDGE_PEER=... python ours_varied.py --collector off --switch 0.005 --options '{"grpc.http2.bdp_probe": 0}'
"""

import argparse
import asyncio
import gc
import json
import queue
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import peers.ours.serve
from avatar_loops import LOOPS
from fake_device.workload import Setup

import bridge.server
from bridge.device.engine import Engine


class TurnInbox(queue.SimpleQueue[Callable[[float], None]]):
    """Passes on what was put in during one turn of the event loop at the end of the turn, as one task.

    The device's thread then wakes when the loop is about to sleep, not while it holds the interpreter.
    """

    def __init__(self) -> None:
        self._held: list[Callable[[float], None]] = []

    def put(self, item: Callable[[float], None], block: bool = True, timeout: float | None = None) -> None:
        """Called on the event loop."""
        if not self._held:
            asyncio.get_running_loop().call_soon(self._pass_on)
        self._held.append(item)

    def _pass_on(self) -> None:
        held, self._held = self._held, []
        super().put(partial(_do_all, held))


def _do_all(tasks: Sequence[Callable[[float], None]], now: float) -> None:
    for task in tasks:
        task(now)


class TurnEngine(Engine):
    """An engine with one hop to the device's thread a turn."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._inbox = TurnInbox()


def vary(options: argparse.Namespace) -> None:
    """Change the server before it starts."""
    bridge.server._SWITCH_SECONDS = options.switch
    usual = bridge.server._options
    more = tuple(json.loads(options.options).items())
    bridge.server._options = lambda config: (*usual(config), *more)  # type: ignore[assignment]
    if options.hops == "turn":
        bridge.server.Engine = TurnEngine  # type: ignore[misc]
    if options.collector == "off":
        gc.disable()
    elif options.collector == "rare":
        gc.set_threshold(10_000, 50, 100)


async def main(options: argparse.Namespace) -> None:
    """Serve until stopped; prints the address that the setup names."""
    vary(options)
    setup = Setup.of_environment()
    print(f"serving at 127.0.0.1:{setup.port}", flush=True)
    serve: Any = peers.ours.serve._serve_fake
    await serve(setup)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--collector", choices=("usual", "rare", "off"), default="usual")
    parser.add_argument("--hops", choices=("job", "turn"), default="job", help="to the device's thread, one for each")
    parser.add_argument("--loop", choices=LOOPS, default="uvloop")
    parser.add_argument("--switch", type=float, default=bridge.server._SWITCH_SECONDS)
    parser.add_argument("--options", default="{}", help="more options of the gRPC server, as JSON")
    chosen = parser.parse_args()
    with asyncio.Runner(loop_factory=LOOPS[chosen.loop]) as runner:
        runner.run(main(chosen))
