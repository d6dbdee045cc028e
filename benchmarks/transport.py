"""What the transport costs a server: processor time and context switches an answer, by server, option and load.

One client, the generated stub on grpc.aio, plays the same pattern against every server: 60 frames a second, `k`
requests of about 60 bytes on one stream at each, answers of about 180 bytes. `bundled`: all of a frame in one message
each way.
Bare servers answer at once (`floor/contenders.py` lists them); `device` ones do it on another thread, as ours does.
`ours` is the complete server on the fake device, with one thing changed.

Servers run all the time and are asked in short blocks, each right after a block of the first contender of the list: a
ratio compares the two of a pair, so that drift of the machine meets both. The median over all pairs is reported, with
its quartiles. The first one runs as often as all others together, and its caches are warmer for it: compare with the
ratio of `twin`, which is the same again. What a server costs while nobody asks is subtracted. Round trips include the
client's part, and for `ours` 10 ms of device.

    python benchmarks/transport.py --rounds 6 --seconds 0.5
    python benchmarks/transport.py --contenders "ours" "ours, drained" --k 8
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from fake_device.device import FakeDevice
from fake_device.workload import TEXTURE, Setup
from floor.contenders import BARE, OURS, Contender
from floor.cost import Cost, cost, tree
from floor.play import Player
from harness.process import server
from harness.record import finish, show

from bridge.device.loop import run

_SERVERS = Path(__file__).parent / "servers"
_WARM_SECONDS = 0.5
_IDLE_SECONDS = 1.0
_LEAD_SECONDS = 0.06  # played before each block: caches are warm
_SLOTS = 16


class Load(NamedTuple):
    """`k` requests a frame, each in a message of its own or all in one."""

    k: int
    bundled: bool

    def __str__(self) -> str:
        return f"k{self.k}{'_bundled' if self.bundled else ''}"


class Block(NamedTuple):
    """What a block of one server cost."""

    answers: int
    cost: Cost
    took: list[float]


Pair = tuple[Block, Block]  # of a contender, and just before it of the first one


class Running(NamedTuple):
    """A server, and the streams to it, by whether they carry bundles."""

    pids: list[int]
    players: dict[bool, Player]
    idle: float  # seconds of processor time a second, while nobody asks


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def started(contender: Contender, stack: ExitStack) -> tuple[str, int]:
    """Start its process for as long as `stack` is open; returns the address and the process."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    setup = Setup(free_port(), str(folder / "device"), TEXTURE.models, {})
    FakeDevice(folder / "device").close()
    path = os.pathsep.join((str(_SERVERS.parent), str(_SERVERS.parents[1]), os.environ.get("PYTHONPATH", "")))
    added = {**dict(contender.environment), **(setup.environment() if contender.ours else {}), "PYTHONPATH": path}
    before = dict(os.environ)
    os.environ.update(added)  # the harness passes it on
    try:
        address, process = stack.enter_context(server(str(_SERVERS / contender.script), *contender.arguments))
    finally:
        os.environ.clear()
        os.environ.update(before)
    return address, process.pid


async def ready(contender: Contender, address: str, pid: int) -> Running:
    """Open the streams and warm them up."""
    players = {}
    for bundled in (False, True):
        player = Player(address, bundled)
        if await player.open(contender.ours, _SLOTS):
            players[bundled] = player
            await player.play(_WARM_SECONDS, 3)
        else:
            await player.close()
    pids = tree(pid)
    before = cost(pids)
    await asyncio.sleep(_IDLE_SECONDS)
    return Running(pids, players, cost(pids).since(before).cpu / _IDLE_SECONDS)


async def block(running: Running, load: Load, seconds: float) -> Block:
    """Play against one server."""
    player = running.players[load.bundled]
    await player.play(_LEAD_SECONDS, load.k)
    before = cost(running.pids)
    answers = await player.play(seconds, load.k)
    spent = cost(running.pids).since(before)
    return Block(answers, spent._replace(cpu=spent.cpu - running.idle * seconds), list(player.took))


async def measure(
    contenders: dict[str, tuple[Contender, str, int]], loads: Sequence[Load], rounds: int, seconds: float
) -> dict[str, dict[str, list[Pair]]]:
    """All pairs of blocks, by contender and load."""
    running = {name: await ready(*entry) for name, entry in contenders.items()}
    pairs: dict[str, dict[str, list[Pair]]] = {name: {} for name in contenders}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", flush=True)
        for load in loads:
            order = [name for name in contenders if load.bundled in running[name].players]
            first = running[next(iter(contenders))]
            random.Random(number).shuffle(order)
            for name in order:
                base = await block(first, load, seconds)
                pairs[name].setdefault(str(load), []).append((await block(running[name], load, seconds), base))
    for each in running.values():
        for player in each.players.values():
            await player.close()
    return pairs


def summary(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The figures of one contender at one load."""
    mine = [each for each, _ in pairs]
    micros = [each.cost.cpu / each.answers * 1e6 for each in mine]
    ratios = [a.cost.cpu / a.answers / (b.cost.cpu / b.answers) for a, b in pairs]
    lower, _, upper = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    answers = sum(each.answers for each in mine)
    took = sorted(seconds for each in mine for seconds in each.took)
    return {
        "server_cpu_us": round(statistics.median(micros), 1),
        "server_cpu_us_range": [round(min(micros), 1), round(max(micros), 1)],
        "over_first": round(statistics.median(ratios), 3),
        "over_first_quartiles": [round(lower, 3), round(upper, 3)],
        "waits": round(sum(each.cost.waits for each in mine) / answers, 2),
        "preemptions": round(sum(each.cost.preemptions for each in mine) / answers, 2),
        "round_trip_ms_p50": round(1e3 * took[len(took) // 2], 2),
        "round_trip_ms_p99": round(1e3 * took[int(0.99 * len(took))], 2),
    }


def table(results: dict[str, dict[str, Any]], load: str) -> None:
    """Print one load."""
    rows = [
        (
            name,
            figures["server_cpu_us"],
            figures["over_first"],
            "{} to {}".format(*figures["over_first_quartiles"]),
            *(figures[key] for key in ("waits", "preemptions", "round_trip_ms_p50", "round_trip_ms_p99")),
        )
        for name, loads in results.items()
        if (figures := loads.get(load)) is not None
    ]
    columns = ("server", "CPU us", "ratio", "quartiles", "waits", "preempted", "p50 ms", "p99 ms")
    show(f"An answer at {load}", columns, rows)


async def play_all(
    names: Sequence[str], loads: Sequence[Load], rounds: int, seconds: float
) -> dict[str, dict[str, Any]]:
    """Start the contenders, let them take turns; returns the figures by contender and load."""
    known = {**BARE, **OURS}
    with ExitStack() as stack:
        contenders = {name: (known[name], *started(known[name], stack)) for name in names}
        pairs = await measure(contenders, loads, rounds, seconds)
    return {name: {load: summary(each) for load, each in of_load.items()} for name, of_load in pairs.items()}


async def play_groups(
    groups: Sequence[Sequence[str]], loads: Sequence[Load], rounds: int, seconds: float
) -> dict[str, Any]:
    """Play each group by itself, and print its tables."""
    results: dict[str, Any] = {}
    for names in groups:
        figures = await play_all(names, loads, rounds, seconds)
        for load in loads:
            if str(load) in figures[names[0]]:
                table(figures, str(load))
        results.update(figures)
    return results


def main() -> None:
    known = [*BARE, *OURS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contenders", nargs="+", choices=known, metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--k", nargs="+", type=int, default=[1, 3, 8])
    parser.add_argument("--seconds", type=float, default=0.5, help="of each block")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    loads = [Load(k, bundled) for k in options.k for bundled in (False, True) if k > 1 or not bundled]
    groups = [options.contenders] if options.contenders else [list(BARE), list(OURS)]
    results = run(play_groups(groups, loads, options.rounds, options.seconds))
    notes = {"seconds": options.seconds, "rounds": options.rounds, "load_average": round(os.getloadavg()[0], 2)}
    if not options.contenders:
        finish("transport", results, notes)


if __name__ == "__main__":
    main()
