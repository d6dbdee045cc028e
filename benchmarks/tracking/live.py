"""A server on one core and a game: a picture five times a second, and boxes asked for in each of 30 frames.

The clip carphone goes forwards and backwards, so that nothing in it jumps. Boxes are compared with those of the
detector in the frame that the game shows at the moment it asks, as in `sparse`. The client has the other cores. With
fewer pictures what is not in budget is mostly the machine's other work.
"""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.process import server

from bridge.client import Box, BridgeClient, Recognized
from bridge.client.camera import Camera, Task
from tracking.detecting import Pixels
from tracking.sparse import RATE, Outputs, Size, certain, errors_of

_ON_ONE_CORE = "import os, sys; os.sched_setaffinity(0, {0}); from bridge.cli import main; sys.exit(main())"
PICTURES = {"5_pictures_a_second": 5.0, "1_picture_a_second": 1.25}
SECONDS = 20.0
BUDGET, PICTURE_BUDGET = 0.016, 0.150
_SETTLED = 1.0  # seconds after which frames count: a track needs its first picture


@dataclass
class Played:
    """What came of the frames."""

    asked: int = 0
    on_time: int = 0
    took: list[float] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)  # since the picture that boxes are from
    found: list[tuple[int, Sequence[Box]]] = field(default_factory=list)  # frame of the clip, and its boxes
    others: Counter[str] = field(default_factory=Counter)  # why a frame had no boxes in budget


def live(frames: list[Pixels], outputs: Outputs) -> dict[str, Any]:
    """The share of frames with boxes in budget, how old their picture was, and how far the boxes were off."""
    with server("-c", _ON_ONE_CORE, "serve", "--port", "0", "--models", "detector") as (address, _):
        played = {name: asyncio.run(_play(address, frames, rate)) for name, rate in PICTURES.items()}
    size = frames[0].shape[1], frames[0].shape[0]
    return {name: _told(each, outputs, size) for name, each in played.items()}


def _told(played: Played, outputs: Outputs, size: Size) -> dict[str, Any]:
    errors, total = list[float](), 0
    for number, boxes in played.found:
        real = certain(outputs[number], size)
        errors += errors_of(boxes, real)
        total += len(real)
    return {
        "frames": played.asked,
        "in_budget": round(played.on_time / played.asked, 4),
        "others": dict(played.others),
        "answered_ms": _spread(played.took),
        "age_of_picture_ms": _spread(played.ages),
        "mean_error": round(statistics.mean(errors), 4),
        "boxes": total,
        "without_a_track": total - len(errors),
        "load_of_the_machine": round(os.getloadavg()[0], 1),
    }


async def _play(address: str, frames: list[Pixels], rate: float) -> Played:
    played = Played()
    async with BridgeClient(address) as bridge, bridge.camera() as camera:
        await bridge.until_ready("detector")
        await camera.detect(frames[0], budget=5.0)
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(_look(camera, frames, start, rate))
            group.create_task(_ask(camera, frames, start, played))
    return played


async def _look(camera: Camera, frames: list[Pixels], start: float, rate: float) -> None:
    """Pictures. Each one's own answer is overtaken by the next frame's, so they are not waited for."""
    for number in range(round(SECONDS * rate)):
        await _until(start + number / rate)
        camera.request(frames[_shown(start, frames)], Task("track", PICTURE_BUDGET))


async def _ask(camera: Camera, frames: list[Pixels], start: float, played: Played) -> None:
    pending = set[asyncio.Task[None]]()
    for number in range(round(_SETTLED * RATE), round(SECONDS * RATE)):
        await _until(start + number / RATE)
        pending.add(asyncio.create_task(_frame(camera, _shown(start, frames), played)))
    await asyncio.gather(*pending)


async def _frame(camera: Camera, number: int, played: Played) -> None:
    """One frame of the game: where are they now?"""
    answer = await camera.track(budget=BUDGET)
    played.asked += 1
    if isinstance(answer, Recognized) and answer.on_time:
        played.on_time += 1
        played.took.append(answer.elapsed)
        played.ages.append(answer.carried_seconds)
        played.found.append((number, answer.boxes))
    elif isinstance(answer, Recognized):
        played.others["late"] += 1
    else:
        played.others[f"{answer.disposition}: {answer.reason}"] += 1


def _shown(start: float, frames: list[Pixels]) -> int:
    """The frame of the clip that the game shows now: forwards, then backwards."""
    number = int((time.perf_counter() - start) * RATE) % (2 * len(frames) - 2)
    return min(number, 2 * len(frames) - 2 - number)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


def _spread(seconds: list[float]) -> dict[str, float]:
    found = sorted(seconds)
    return {name: round(found[int(share * (len(found) - 1))] * 1e3, 1) for name, share in (("p50", 0.5), ("p99", 0.99))}
