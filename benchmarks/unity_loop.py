"""The Unity package's components in a game loop at 60 frames a second, on a stub of the engine, with a real server.

delivery     the server's fake model sends 8 avatars at 30 frames a second, 128x128 pixels each. Apply hashes each
             texture; the server's log has the hash of each (session, slot, index). Torn: the hashes differ. Stale: the
             index is not newer than the last upload's, the session is an old one, or the frame is over budget
models       the same checks with the real models, at a load for a small processor: two characters that talk without
             pause, one camera (2 pictures a second, objects), two avatars at 15 frames a second
allocation   bytes allocated by our code: PlayerLoop step, serializers, deserializers; and by the whole process,
             compared with a bare Grpc.Net.Client loop with the same messages
mainthread   main-thread time of a step in which a frame of each of 8 avatars arrives, compared with a bare copy
traffic      8 avatars at 60 frames a second: messages each way, CPU of the client's threads and of the server, all per
             second, with bundles and with a server that knows none, in turns. Frames of 4 KiB, as of 64 pixels a side
             in most block formats, go in bundles; of 64 KiB (`_64k`) each travels alone. The main thread's CPU includes
             what the loop takes to wait for the next frame, and to hash the textures
cycles       play mode entered and left with open streams: in collectible load contexts, then with statics kept
kills        the server is killed with SIGKILL in the middle of a reply, and restarted

    python benchmarks/unity_loop.py                      everything; ten minutes each for the first two
    python benchmarks/unity_loop.py --quick              everything, short; writes no result
    python benchmarks/unity_loop.py --parts cycles,kills
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.process import server
from harness.record import finish, show
from unity.check import Window, judge, read_log, read_uploads
from unity.game import build, play
from unity.kills import kill_servers
from unity.traffic import play as play_counted

from bridge.client import BridgeClient

_SERVE = (str(Path(__file__).parent / "unity" / "server.py"), "--log")
_LOAD = {"avatars": 2, "avatar_fps": 15, "characters": 2, "cameras": 1, "pictures_per_second": 2}
_TRAFFIC, _TRAFFIC_REPEATS = (8, 60), 3  # avatars, frames a second
_TRAFFIC_FORMS = {  # pixels a side; bundles
    "bundles": (32, True),
    "unbundled": (32, False),
    "bundles_64k": (128, True),
    "unbundled_64k": (128, False),
}
_TRAFFIC_FIGURES = ("up", "down", "client_cpu_ms", "client_other_threads_cpu_ms", "server_cpu_ms")
_IDLE_SECONDS = 10.0
_SPARE_SECONDS = 300.0  # for start and end of a program


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of each part."""

    seconds: float  # of `delivery` and of `models`
    turns: int
    frames: int
    samples: int
    traffic: float  # seconds of each of its runs
    cycles: int
    kills: int


def full(minutes: float) -> Plan:
    """The size of a run whose results are recorded."""
    return Plan(seconds=60 * minutes, turns=3, frames=600, samples=1200, traffic=20, cycles=300, kills=20)


QUICK = Plan(seconds=10, turns=1, frames=300, samples=200, traffic=6, cycles=5, kills=2)
Part = Callable[[Plan, Path], dict[str, Any]]


def delivery(plan: Plan, folder: Path) -> dict[str, Any]:
    """Frames of the fake model."""
    extra = ("--avatars", 8, "--rate", 30)
    return _play(plan, folder / "delivery", ("--pattern", "--models", "avatar"), extra)


def models(plan: Plan, folder: Path) -> dict[str, Any]:
    """Frames, dialogue and pictures of the real models."""
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
    """Bytes allocated."""
    found = _measure(folder, "allocation", "--frames", plan.frames, "--turns", plan.turns)
    if not found["counted_for_one_object"]:
        raise SystemExit("the allocation counter does not count, so a zero would mean nothing")
    return found


def mainthread(plan: Plan, folder: Path) -> dict[str, Any]:
    """Main-thread time of a step."""
    return _measure(folder, "mainthread", "--samples", plan.samples)


def _measure(folder: Path, part: str, *options: object) -> dict[str, Any]:
    log = folder / f"{part}.log"
    with server(*_SERVE, str(log), "--pattern", "--models", "avatar") as (address, _):
        return play("GameLoop", part, address, *options, timeout=_SPARE_SECONDS)


def traffic(plan: Plan, folder: Path) -> dict[str, Any]:
    """Messages and CPU time a second, with bundles and without."""
    runs: dict[str, list[dict[str, Any]]] = {form: [] for form in _TRAFFIC_FORMS}
    for _ in range(_TRAFFIC_REPEATS):
        for form, (side, bundles) in _TRAFFIC_FORMS.items():
            runs[form].append(play_counted(folder, *_TRAFFIC, side, plan.traffic, bundles=bundles))
    return {form: {"median": _medians(found), "runs": found} for form, found in runs.items()}


def _medians(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    numbers = [name for name, value in runs[0].items() if not isinstance(value, dict)]
    return {name: statistics.median(run[name] for run in runs) for name in numbers}


def cycles(plan: Plan, folder: Path) -> dict[str, Any]:
    """Enter and leave play mode."""
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
    """What is left on the server, after up to ten seconds for its clients to leave."""
    async with BridgeClient(address) as bridge:
        until = asyncio.get_running_loop().time() + _IDLE_SECONDS
        while True:
            stats = await bridge.stats()
            left = {"slots": stats.avatar_slot_count, "streams": stats.stream_count, "jobs": stats.job_count}
            left["sessions"] = stats.session_count - 1  # without this one
            if not any(left.values()) or asyncio.get_running_loop().time() > until:
                return left
            await asyncio.sleep(0.05)


def kills(plan: Plan, folder: Path) -> dict[str, Any]:
    """Kill the server."""
    return kill_servers(plan.kills, folder)


_ORDER = (delivery, models, allocation, mainthread, traffic, cycles, kills)
PARTS: dict[str, Part] = {part.__name__: part for part in _ORDER}


def results(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures to report, of the parts that ran."""
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
    if "traffic" in found:
        for form, measured in found["traffic"].items():
            figures |= {f"{name}_{form}": measured["median"][name] for name in _TRAFFIC_FIGURES}
    if "cycles" in found:
        modes = [found["cycles"][mode] for mode in ("reload", "keep_statics")]
        figures["cycles"] = min(mode["cycles"] for mode in modes)  # in each of the two modes
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
    """Unobserved exceptions, and those in the console."""
    inner = sum(_exceptions(value) for value in part.values() if isinstance(value, dict))
    names = ("unobserved_exceptions", "logged_exceptions", "exceptions")
    return inner + sum(int(part.get(name, 0)) for name in names)


def main() -> None:
    """Play, check, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="for delivery, and for models")
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
