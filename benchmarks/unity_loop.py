"""The Unity package's components in a game loop of 60 frames a second, on a stub of the engine, against a live server.

delivery     the server's fake device emits 8 avatars x 30 frames a second of patterned frames of 128x128 pixels. Apply
             hashes each texture; the server's test log holds the hash of each (session, slot, index). Torn: no match.
             Stale: an index not newer than the last upload's, an old session, or over budget.
models       the same checks on the real models, at a load that a small processor carries: two characters that talk
             without pause, one camera (2 pictures a second, objects), two avatars at 15 frames a second
allocation   bytes that our code makes: the PlayerLoop's step, serialisers, deserialisers; and the whole process beside
             a bare Grpc.Net.Client loop with the same messages
mainthread   the main thread's own time for a step in which a frame of all 8 avatars has arrived, beside a bare copy
cycles       play mode entered and left with live streams: in collectible load contexts, then with statics kept
kills        the server killed with SIGKILL in the middle of a reply, and started anew

    python benchmarks/unity_loop.py                      ten minutes of each of the first two, and all the rest
    python benchmarks/unity_loop.py --quick              all of it in small; writes no result
    python benchmarks/unity_loop.py --parts cycles,kills
"""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from record import finish, show
from servers import server
from unity_check import Window, judge, read_log, read_uploads
from unity_game import build, play
from unity_kills import kill_servers

from bridge.client import BridgeClient

_SERVE = (str(Path(__file__).parent / "unity_server.py"), "--log")
_LOAD = {"avatars": 2, "avatar_fps": 15, "characters": 2, "cameras": 1, "pictures_per_second": 2}
_IDLE_SECONDS = 10.0
_SPARE_SECONDS = 300.0  # for what a program does besides playing


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    seconds: float  # of delivery, and of the models
    turns: int
    frames: int
    samples: int
    cycles: int
    kills: int


def full(minutes: float) -> Plan:
    """What is reported."""
    return Plan(seconds=60 * minutes, turns=3, frames=600, samples=1200, cycles=300, kills=20)


QUICK = Plan(seconds=10, turns=1, frames=300, samples=200, cycles=5, kills=2)
Part = Callable[[Plan, Path], dict[str, Any]]


def delivery(plan: Plan, folder: Path) -> dict[str, Any]:
    """Patterned frames, many of them."""
    extra = ("--avatars", 8, "--rate", 30)
    return _play(plan, folder / "delivery", ("--pattern", "--models", "avatar"), extra)


def models(plan: Plan, folder: Path) -> dict[str, Any]:
    """The real models."""
    counts = ("avatars", "characters", "cameras")
    extra = [word for name in counts for word in (f"--{name}", _LOAD[name])]
    return _play(plan, folder / "models", (), [*extra, "--rate", _LOAD["avatar_fps"]])


def _play(plan: Plan, base: Path, serve: tuple[str, ...], extra: Any) -> dict[str, Any]:
    log, uploads = base.with_suffix(".log"), base.with_suffix(".uploads")
    with server(*_SERVE, str(log), *serve) as (address, _):
        arguments = ("play", address, "--uploads", uploads, "--seconds", plan.seconds, *extra)
        game = play("GameLoop", *arguments, timeout=plan.seconds + _SPARE_SECONDS)
    sent, _ = read_log(log)
    verdict = judge(sent, read_uploads(uploads), Window(game["from"], game["until"]))
    return game | verdict.row()


def allocation(plan: Plan, folder: Path) -> dict[str, Any]:
    """Garbage."""
    found = _measure(folder, "allocation", "--frames", plan.frames, "--turns", plan.turns)
    if not found["counted_for_one_object"]:
        raise SystemExit("the count of bytes sees no allocation, so its zero means nothing")
    return found


def mainthread(plan: Plan, folder: Path) -> dict[str, Any]:
    """The step's time on the main thread."""
    return _measure(folder, "mainthread", "--samples", plan.samples)


def _measure(folder: Path, part: str, *options: object) -> dict[str, Any]:
    log = folder / f"{part}.log"
    with server(*_SERVE, str(log), "--pattern", "--models", "avatar") as (address, _):
        return play("GameLoop", part, address, *options, timeout=_SPARE_SECONDS)


def cycles(plan: Plan, folder: Path) -> dict[str, Any]:
    """Play mode entered and left."""
    with server(*_SERVE, str(folder / "cycles.log"), "--pattern") as (address, _):
        arguments = ("PlayMode", address, "--cycles", plan.cycles)
        timeout = 4 * plan.cycles + _SPARE_SECONDS
        found: dict[str, Any] = {
            "reload": play(*arguments, timeout=timeout, may_fail=True),
            "keep_statics": play(*arguments, "--keep-statics", timeout=timeout, may_fail=True),
        }
        found["left_on_server"] = asyncio.run(_left(address))
    return found


async def _left(address: str) -> dict[str, int]:
    """What the server still keeps, once its clients have had a moment to be gone."""
    async with BridgeClient(address) as bridge:
        until = asyncio.get_running_loop().time() + _IDLE_SECONDS
        while True:
            stats = await bridge.stats()
            left = {"slots": stats.avatar_slot_count, "streams": stats.stream_count, "jobs": stats.job_count}
            left["sessions"] = stats.session_count - 1  # this one
            if not any(left.values()) or asyncio.get_running_loop().time() > until:
                return left
            await asyncio.sleep(0.05)


def kills(plan: Plan, folder: Path) -> dict[str, Any]:
    """The server's deaths."""
    return kill_servers(plan.kills, folder)


PARTS: dict[str, Part] = {part.__name__: part for part in (delivery, models, allocation, mainthread, cycles, kills)}


def results(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures that are asked for, of the parts that were run."""
    figures: dict[str, Any] = {}
    looked = [found[part] for part in ("delivery", "models") if part in found]
    if "kills" in found:
        looked.append(found["kills"]["verdict"])
    if "delivery" in found:
        figures["delivered"] = round(found["delivery"]["delivered"], 5)
    if looked:
        figures["torn"] = sum(one["torn"] for one in looked)
        figures["stale"] = sum(one["stale"] for one in looked)
    if "models" in found:
        figures["turns"] = found["models"]["turns"]
        figures["turns_incomplete"] = found["models"]["turns"] - found["models"]["turns_complete"]
    if "allocation" in found:
        figures["own_bytes"] = found["allocation"]["own_bytes"]
        figures["stack_ratio"] = round(found["allocation"]["stack_ratio"], 4)
    if "mainthread" in found:
        figures["main_thread_ms_p99"] = round(found["mainthread"]["step_ms_p99"], 4)
        figures["main_thread_over_memcpy_p50"] = round(found["mainthread"]["over_memcpy_p50"], 3)
    if "cycles" in found:
        modes = [found["cycles"][mode] for mode in ("reload", "keep_statics")]
        figures["cycles"] = min(mode["cycles"] for mode in modes)  # of each of the two ways
        figures["leaked_contexts"] = sum(mode["leaked_contexts"] for mode in modes)
        figures["leaked_sockets"] = sum(mode["leaked_sockets"] for mode in modes)
        figures["slots_left_on_server"] = found["cycles"]["left_on_server"]["slots"]
    if "kills" in found:
        figures["reconnects"] = found["kills"]["reconnects"]
        figures["ends_unclear"] = found["kills"]["turns_cut_off"] - found["kills"]["one_clear_end"]
        figures["histories_lost"] = found["kills"]["kills"] - found["kills"]["history_carried"]
    figures["exceptions"] = sum(map(_exceptions, found.values()))
    return figures


def _exceptions(part: dict[str, Any]) -> int:
    """Those that nobody looked at, and those in the console."""
    inner = sum(_exceptions(value) for value in part.values() if isinstance(value, dict))
    names = ("unobserved_exceptions", "logged_exceptions", "exceptions")
    return inner + sum(int(part.get(name, 0)) for name in names)


def main() -> None:
    """Play, judge, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="of delivery, and as many of the models")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--parts", default=",".join(PARTS))
    options = parser.parse_args()
    chosen = options.parts.split(",")
    unknown = set(chosen) - PARTS.keys()
    if unknown:
        parser.error(f"--parts {', '.join(sorted(unknown))}: not known; there are {', '.join(PARTS)}")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    plan = QUICK if options.quick else full(options.minutes)
    for project in ("GameLoop", "PlayMode"):
        build(project)
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            found[name] = PARTS[name](plan, Path(folder))
            print(name, json.dumps(found[name]), flush=True)
    figures = results(found)
    show("The Unity package in a game loop", ("figure", "value"), list(figures.items()))
    notes = {"load_of_models": _LOAD, "plan": {name: getattr(plan, name) for name in plan.__slots__}, **found}
    if plan is QUICK or len(found) < len(PARTS):
        print(json.dumps({"benchmark": "unity_loop", "results": figures, "notes": notes}), flush=True)
    else:
        finish("unity_loop", figures, notes)


if __name__ == "__main__":
    main()
