"""Recordings of servers whose clients send bundles: the jobs of one arrive together, and replay as others do."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.device.recording import load, replay
from bridge.policy.numbers import Policy
from tests.capabilities.avatar.test_avatar import device_held
from tests.conftest import Run
from tests.policy.invariants import check
from tests.serving.bundles import AGREED, bundle, parts_of
from tests.serving.client import EOF, ask, connected, look
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import serving

SLOTS = 4


def recorded(run: Run, path: Path, *messages: Sequence[Any], jobs: int) -> list[dict[str, Any]]:
    """The events of a game with these messages."""
    run(record(path, *messages, jobs=jobs))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def record(path: Path, *messages: Sequence[Any], jobs: int) -> None:
    """Play these messages, a bundle each if they are several, while the device is held."""
    async with (
        serving(Fakes(avatar=FakeAvatar(16)), models=("avatar",), trace=path) as server,
        connected(server.port, **AGREED) as client,
    ):
        call = await client.open_avatars()
        await call.write(bundle(*(look(slot, seed=slot) for slot in range(SLOTS))))
        async with device_held(server):
            for several in messages:
                await call.write(bundle(*several) if len(several) > 1 else several[0])
            await client.stats_until(lambda stats: stats.job_count == jobs)
        await call.done_writing()
        answers = 0
        while (message := await call.read()) is not EOF:
            answers += len(parts_of(message))
        assert answers == sum(map(len, messages))


def arrivals(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of frames; the jobs of a server that warms up have no budget."""
    return [event for event in events if event["event"] == "arrival" and event["budget"] is not None]


def asked(events: list[dict[str, Any]]) -> list[Any]:
    """What was asked for, in order, whenever it came."""
    same = {"t": 0, "job": 0, "arrived": 0, "client": 0, "identity": 0}
    return [{**event, **same, "budget": round(event["budget"], 3)} for event in arrivals(events)]


def endings(events: list[dict[str, Any]]) -> Counter[str]:
    """How the frames ended."""
    frames = {event["job"] for event in arrivals(events)}
    return Counter(event["ending"] for event in events if event["event"] == "outcome" and event["job"] in frames)


def replayed(path: Path) -> tuple[Counter[str], list[int]]:
    """How the frames end in the replay, and how many share each of their flights."""
    history = replay(path)
    frames = [outcome for outcome in history.outcomes if outcome.job.hard]
    numbers = {outcome.job.id for outcome in frames}
    flights = {run.jobs for run in history.slices if numbers & set(run.jobs)}
    return Counter(outcome.ending.value for outcome in frames), [len(flight) for flight in flights]


def test_a_recording_holds_the_same_with_bundles_and_without(run: Run, tmp_path: Path) -> None:
    frames = [ask(1, slot) for slot in range(SLOTS)]
    together, singly = tmp_path / "together.jsonl", tmp_path / "singly.jsonl"
    bundled = recorded(run, together, frames, jobs=SLOTS)
    single = recorded(run, singly, *([frame] for frame in frames), jobs=SLOTS)
    assert asked(bundled) == asked(single)
    assert len(arrivals(bundled)) == SLOTS
    assert len({event["arrived"] for event in arrivals(bundled)}) == 1, "they have arrived at once"
    assert len({event["arrived"] for event in arrivals(single)}) == SLOTS
    assert endings(bundled) == endings(single) == replayed(singly)[0] == {"answered": SLOTS}
    assert replayed(together) == ({"answered": SLOTS}, [SLOTS]), "in one flight, as when they were recorded"
    for path in (together, singly):
        recording = load(path)
        check(recording.jobs, recording.simulator.run(), recording.lanes, Policy())


def test_what_is_superseded_in_a_bundle_is_superseded_in_the_replay(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    events = recorded(run, path, [ask(1), ask(2), *(ask(1, slot) for slot in range(1, SLOTS))], jobs=SLOTS + 1)
    assert endings(events) == {"answered": SLOTS, "superseded": 1}
    assert replayed(path) == ({"answered": SLOTS, "superseded": 1}, [SLOTS])
