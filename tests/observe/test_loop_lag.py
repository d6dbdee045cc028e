"""The worst lag of the event loop, by a clock of the test's own; and that a real loop is measured."""

import asyncio
import logging
import time
from typing import Any

import pytest

from bridge.observe.loop_lag import LoopLag
from tests.waiting import until


def test_the_worst_of_the_last_windows_is_told() -> None:
    lag = LoopLag(lambda: 0.0)
    lag.note(0.2, 1.0)
    lag.note(0.1, 2.0)
    assert lag.seconds == 0.2
    lag.note(0.05, 16.0)
    assert lag.seconds == 0.2, "a scraper that comes every 15 seconds sees it once at least"
    lag.note(0.01, 32.0)
    assert lag.seconds == 0.05
    lag.note(0.01, 48.0)
    assert lag.seconds == 0.01


@pytest.mark.parametrize(("seconds", "told"), [(0.24, False), (0.26, True)])
def test_a_stall_is_logged(seconds: float, told: bool, caplog: Any) -> None:
    with caplog.at_level(logging.WARNING, logger="framebridge.loop"):
        LoopLag(lambda: 0.0).note(seconds, 1.0)
    assert ("event loop stalled" in caplog.text) is told


def test_a_loop_that_is_held_up_is_measured() -> None:
    async def main() -> float:
        lag = LoopLag(time.perf_counter)
        lag.start()
        await asyncio.sleep(0)
        ends = time.perf_counter() + 0.3
        while time.perf_counter() < ends:
            pass  # nothing gives way to the loop
        await until(lambda: lag.seconds)
        lag.stop()
        return lag.seconds

    assert asyncio.run(main()) > 0.2
