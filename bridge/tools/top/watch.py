"""Polls a server and shows its stats: repeatedly on a terminal, otherwise once."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from dataclasses import replace

from rich.console import Console
from rich.live import Live

from bridge.client.observer import Observer
from bridge.errors import ServerUnavailable
from bridge.tools.top.numbers import as_json
from bridge.tools.top.rates import Poll
from bridge.tools.top.screen import View, render

_TALL = 10_000  # rows, when printing once
_WIDE = 150  # columns, when writing to a file


def run(address: str, *, interval: float, once: bool, json: bool) -> int:
    """Show a server until Ctrl-C, or once. With `once`, ServerUnavailable if it does not answer."""
    console = Console(highlight=False)
    if json:
        print(as_json(asyncio.run(_poll(address))))
        return 0
    if once or not console.is_terminal:
        if not console.is_terminal:
            console = Console(highlight=False, width=_WIDE)
        console.print(render(View(address, asyncio.run(_poll(address))), _TALL))
        return 0
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_live_until_signal(address, interval, console))
    return 0


async def _live_until_signal(address: str, interval: float, console: Console) -> None:
    """Restore the terminal on SIGTERM and Ctrl-C. The event loop delivers both, so the task can be cancelled safely."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows: no SIGTERM, and asyncio handles Ctrl-C
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await live(address, interval, console)


async def _poll(address: str) -> Poll:
    async with Observer(address) as observer:
        return Poll(*await observer.look())


async def live(address: str, interval: float, console: Console) -> None:
    """Draw on the terminal's alternate screen until cancelled."""
    with Live(console=console, screen=True, auto_refresh=False) as screen:
        async for view in views(address, interval):
            screen.update(render(view, console.height), refresh=True)


async def views(address: str, interval: float) -> AsyncIterator[View]:
    """Yields a view every `interval` seconds. If the server goes away, polls it until it is back."""
    view = View(address)
    async with Observer(address) as observer:
        while True:
            try:
                poll = Poll(*await observer.look())
            except ServerUnavailable as error:
                view = replace(view, away=f"{error}; retrying every {interval:g} s")
            else:
                view = View(address, poll, None if view.away else view.now)  # back again, probably restarted
            yield view
            await asyncio.sleep(interval)
