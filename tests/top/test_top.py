"""`framebridge top`: differences of counts, the screen drawn off-screen, and the command against a real server."""

import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from bridge.capabilities import CAPABILITIES
from bridge.tools.top.numbers import as_json
from bridge.tools.top.rates import LateCause, Poll, between, cause
from bridge.tools.top.screen import View, render
from bridge.tools.top.watch import live, views
from bridge.v1 import bridge_pb2, timing_pb2
from tests.capabilities.avatar.test_avatar import settled
from tests.conftest import Run
from tests.serving.client import ask, connected, look
from tests.serving.server import FakeServer, serving

WAIT_SECONDS = 60.0
SECOND = 1_000_000


@pytest.fixture(scope="module")
def fake(run: Run) -> Iterator[FakeServer]:
    from tests.serving.fakes import Fakes

    server = FakeServer(Fakes())
    run(server.start())
    yield server
    run(server.server.stop(0.0))


def work(
    name: str = "avatar",
    *,
    answers: tuple[int, int] = (0, 0),
    blames: dict[tuple[Any, str], int] | None = None,
    **counts: int,
) -> bridge_pb2.WorkStats:
    """Counts with so many answers of the best rung and of a cheaper one."""
    best, cheaper = answers
    message = bridge_pb2.WorkStats(name=name, cheaper_count=cheaper, **counts)
    message.rungs.add(rung="avatar.64", count=best)
    message.rungs.add(rung="repeat", count=cheaper)
    for (stage, model), count in (blames or {}).items():
        message.late_stages.add(stage=stage, blocked_by=model, count=count)
    return message


def stats(seconds: float, *works: bridge_pb2.WorkStats, **fields: Any) -> bridge_pb2.GetStatsResponse:
    return bridge_pb2.GetStatsResponse(uptime_micros=round(seconds * SECOND), work=works, **fields)


EARLIER = work(
    answers=(90, 10),
    request_count=110,
    in_budget_count=100,
    refused_count=10,
    blames={(timing_pb2.STAGE_QUEUE, ""): 10},
    device_micros=SECOND,
)
LATER = work(
    answers=(96, 12),
    request_count=130,
    in_budget_count=108,
    late_at_client_count=1,
    refused_count=11,
    missed_count=11,
    superseded_count=2,
    repeated_count=3,
    unchanged_count=6,
    blames={(timing_pb2.STAGE_QUEUE, ""): 11, (timing_pb2.STAGE_BLOCKED, "dialogue"): 6},
    p99_micros=40_000,
    device_micros=2 * SECOND,
)


def test_rates_are_differences_between_two_polls() -> None:
    found = between(
        stats(12, LATER, device_busy_micros=4 * SECOND), stats(8, EARLIER, device_busy_micros=round(2.5 * SECOND))
    )
    rates = found.work["avatar"]
    assert (found.seconds, found.since_start, found.busy) == (4, False, 0.375)
    assert (rates.requests, rates.refused, rates.missed, rates.superseded) == (5, 0.25, 2.75, 0.5)
    assert (rates.repeated, rates.unchanged) == (0.75, 1.5)
    assert rates.in_budget == pytest.approx((8 - 1) / (8 + 1 + 11))
    assert rates.best == pytest.approx(6 / 8)
    assert (rates.p99, rates.device) == (0.040, 0.25)
    assert rates.late_cause == LateCause("blocked by dialogue", pytest.approx(6 / 8))
    assert found.ever["avatar"].late_cause == LateCause("queue", pytest.approx(11 / 18))


@pytest.mark.parametrize("before", [None, stats(100, EARLIER)])
def test_without_an_earlier_poll_of_this_run_all_is_since_the_start(before: Any) -> None:
    found = between(stats(10, EARLIER), before)
    assert found.since_start
    assert (found.work["avatar"].requests, found.work["avatar"].in_budget) == (11, 100 / 110)


def test_where_nothing_happened_there_is_nothing_to_share() -> None:
    rates = between(stats(9, EARLIER), stats(8, EARLIER)).work["avatar"]
    assert (rates.requests, rates.in_budget, rates.best, rates.late_cause) == (0, None, None, None)


def test_clients_are_compared_by_session_and_the_busiest_come_first() -> None:
    def client(session: str, *works: bridge_pb2.WorkStats) -> bridge_pb2.ClientStats:
        return bridge_pb2.ClientStats(session=session, client_name=session.upper(), work=works)

    classified = work("classify", answers=(4, 0), request_count=4, in_budget_count=4, p99_micros=90_000)
    now = stats(12, clients=[client("a", classified), client("b", LATER, classified)])
    found = between(now, stats(8, clients=[client("gone", LATER), client("b", EARLIER)]))
    assert [(one.name, one.rates.requests) for one in found.clients] == [("B", 6), ("A", 1)]
    assert found.clients[0].rates.p99 == 0.090
    assert found.clients[1].rates.in_budget == 1


def test_stages_have_words_even_those_of_a_newer_contract() -> None:
    newer: Any = 99
    assert cause(timing_pb2.STAGE_BATCH_WAIT, "") == "batch wait"
    assert cause(timing_pb2.STAGE_DECODE, "") == "decode"
    assert cause(timing_pb2.STAGE_BLOCKED, "dialogue") == "blocked by dialogue"
    assert cause(newer, "") == "stage 99"


def test_json_has_every_field_and_whole_numbers() -> None:
    told = json.loads(as_json(Poll(stats(3, LATER), [bridge_pb2.Model(name="avatar", resident_bytes=1 << 40)])))
    assert told["uptime_micros"] == 3 * SECOND
    assert set(told) == {field.name for field in bridge_pb2.GetStatsResponse.DESCRIPTOR.fields} | {"models"}
    assert told["work"][0]["late_stages"][1] == {"stage": "STAGE_BLOCKED", "blocked_by": "dialogue", "count": 6}
    assert told["models"][0]["resident_bytes"] == 1 << 40


# -- the screen --------------------------------------------------------------------------------------------------------


def drawn(view: View, height: int = 40) -> str:
    console = Console(record=True, width=150, file=io.StringIO(), force_terminal=True)
    console.print(render(view, height))
    return console.export_text()


def test_the_screen_shows_work_clients_models_and_who_is_to_blame() -> None:
    model = bridge_pb2.Model(name="detector", state=bridge_pb2.MODEL_STATE_LOADING)
    client = bridge_pb2.ClientStats(session="abcd1234", client_name="[red]village", work=[LATER])
    now = stats(12, LATER, clients=[client], device="CPU", job_count=7, session_count=1)
    shown = drawn(View("here:1", Poll(now, [model]), Poll(stats(8, EARLIER))))
    assert re.search(
        r"avatar +5\.0 +35\.0% +75\.0% +0\.2 +2\.8 +0\.5 +0\.8 +1\.5 .* 25% +blocked by dialogue 75%", shown
    )
    assert re.search(r"\[red\]village abcd1234 +32\.5", shown)
    for words in ("here:1 on CPU, up 0:00:12", "7 jobs, 1 sessions", "detector loading", "the last 4.0 s"):
        assert words in shown


def test_who_was_to_blame_stays_to_be_seen() -> None:
    shown = drawn(View("here:1", Poll(stats(13, LATER)), Poll(stats(12, LATER))))
    assert "(queue 61%)" in shown


def test_there_are_no_more_clients_than_fit() -> None:
    clients = [bridge_pb2.ClientStats(session=f"session{number}", client_name="c") for number in range(9)]
    shown = drawn(View("here:1", Poll(stats(1, clients=clients))), height=22)
    assert shown.count("c session") == 5
    assert "and 4 more" in shown


def test_a_server_that_is_away_leaves_its_last_figures() -> None:
    assert "asking here:1" in drawn(View("here:1"))
    shown = drawn(View("here:1", Poll(stats(13, LATER)), away="no server answers at here:1; retrying every 1 s"))
    assert "no server answers at here:1; retrying" in shown
    assert "avatar" in shown


# -- against a server --------------------------------------------------------------------------------------------------


def test_a_server_that_comes_back_is_found_again(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as first:
            address = f"127.0.0.1:{first.port}"
            seen = views(address, 0.01)
            assert not (await anext(seen)).away
            second = await anext(seen)
            assert second.before is not None
            assert not between(second.now.stats, second.before.stats).since_start  # type: ignore[union-attr]
        while not (view := await anext(seen)).away:
            pass
        assert f"no server answers at {address}" in view.away
        assert "retrying every 0.01 s" in view.away
        assert view.now is not None
        async with serving(port=first.port):
            while (view := await anext(seen)).away:
                pass
            assert view.before is None
            assert (await anext(seen)).before is not None
        await seen.aclose()  # type: ignore[attr-defined]

    run(scenario())


def test_the_live_view_gives_the_terminal_back(run: Run, fake: FakeServer) -> None:
    import asyncio

    class Screen(io.StringIO):
        """Tells when something has been drawn on it."""

        def __init__(self) -> None:
            super().__init__()
            self.drawn = asyncio.Event()

        def write(self, text: str) -> int:
            if "clients" in text:
                self.drawn.set()
            return super().write(text)

    async def scenario() -> str:
        async with connected(fake.port, client_name="village") as client:
            await settled(await client.open_avatars(), look(), ask(1))
            screen = Screen()
            console = Console(file=screen, width=150, height=40, force_terminal=True, legacy_windows=False)
            task = asyncio.create_task(live(f"127.0.0.1:{fake.port}", 0.01, console))
            async with asyncio.timeout(WAIT_SECONDS):
                await screen.drawn.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
            return screen.getvalue()

    written = run(scenario())
    assert "village" in written
    assert written.startswith("\x1b[?1049h")
    assert written.endswith(("\x1b[?1049l\x1b[?25h", "\x1b[?25h\x1b[?1049l"))


def top(port: int, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bridge.cli", "top", "--server", f"127.0.0.1:{port}", *flags]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=WAIT_SECONDS, check=False)


def test_once_prints_a_plain_table(run: Run, fake: FakeServer) -> None:
    ended = top(fake.port, "--once")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\x1b" not in ended.stdout
    for words in ("since the start", "avatar", "dialogue", "in budget", "late because of"):
        assert words in ended.stdout


def test_json_prints_the_raw_numbers(run: Run, fake: FakeServer) -> None:
    told = json.loads(top(fake.port, "--json").stdout)
    assert {model["name"]: model["state"] for model in told["models"]}["avatar"] == "MODEL_STATE_READY"
    kinds = [work.name for capability in CAPABILITIES for work in capability.work]
    assert [one["name"] for one in told["work"]] == kinds
    assert told["uptime_micros"] > 0


def test_once_says_that_no_server_answers() -> None:
    ended = top(1, "--once")
    assert ended.returncode == 1
    assert "no server answers at 127.0.0.1:1; start one with `framebridge serve`" in ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_ends_it_gets_the_terminal_back(run: Run, fake: FakeServer, number: signal.Signals) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bridge.cli", "top", "--server", f"127.0.0.1:{fake.port}", "--interval", "0.1"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "150", "LINES": "40"}
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    written, give_up = b"", time.monotonic() + 3 * WAIT_SECONDS
    with child:
        try:
            while b"clients" not in written:
                written += _read(ours)
            child.send_signal(number)
            while chunk := _read(ours):
                written += chunk
                assert time.monotonic() < give_up, "it goes on"
            os.close(ours)
            assert child.wait(WAIT_SECONDS) == 0
        finally:
            child.kill()
    assert b"\x1b[?1049l" in written
    assert b"\x1b[?25h" in written
    assert b"Traceback" not in written


def _read(terminal: int) -> bytes:
    """What was written next; nothing when the other side is gone."""
    assert select.select([terminal], [], [], WAIT_SECONDS)[0], "nothing was written"
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
