"""What hostile and greedy clients do to a server: wrong statuses, crashes, leaks, and answers that others get late.

messages    seeded messages, well-formed but absurd or with broken bytes, to every method, unary and streaming, with and
            without an open stream; counts calls that end with UNKNOWN or INTERNAL
HTTP/2      floods of resets, pings and settings, windows, endless headers, half-open streams; after each the server
            must still answer
greedy      five kinds of greedy clients from another address, one after the other, beside a well-behaved one: pictures,
            talk, handshakes, unread answers, bundles full of requests and of bad parts. Each is paired with an honest
            client of the same kind, process, bytes per second and nice value. The share is of the well-behaved
            client's answers within budget, by its own clock

At the end: resident memory relative to its value after an honest warm-up of every path, and which jobs, slots, threads
and descriptors are left. The server runs as users start it, with the real models.

    python benchmarks/hostile.py                                              # 25 minutes
    python benchmarks/hostile.py --messages 2000 --alternations 1 --seconds 3  # a quick run
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).parents[1]))  # for tests.serving, which speaks HTTP/2

from attack.http2 import abused
from attack.messages import mutated
from attack.shares import KINDS, paired, share_alone, warm_up
from attack.target import Died, Server, serving
from harness.record import finish, show

from bridge.v1 import bridge_pb2

SHARE = 0.95  # of the share beside an honest client
GROWTH = 1.05  # of resident memory


def measure(server: Server, options: argparse.Namespace, results: dict[str, Any]) -> dict[str, Any]:
    """Run all parts. Fills `results` as it goes, for a server that dies; returns notes."""
    warm_up(server, min(8.0, options.seconds))
    asyncio.run(server.quiet())
    before, files = server.held(), server.open_files()
    alone = share_alone(server, options.seconds)
    results["messages"], wrong = asyncio.run(mutated(server, options.messages))
    results["unknown_or_internal"] = len(wrong)
    asyncio.run(server.alive("the messages"))
    asyncio.run(abused(server))
    pairs = {kind: paired(server, kind, options.alternations, options.seconds) for kind in options.kinds}
    results["share_beside_honest"] = {kind: round(pair["honest"], 4) for kind, pair in pairs.items()}
    results["share_beside_hostile"] = {kind: round(pair["greedy"], 4) for kind, pair in pairs.items()}
    results.update(_left(asyncio.run(server.quiet()), before, server.held()))
    return {
        "alone": round(alone, 4),
        "wrong": wrong[:20],
        "descriptors_left": dict(server.open_files() - files),
        "rss_start_mib": before["rss"] >> 20,
        "logged": server.logged(),
        "runs": {kind: pair["runs"] for kind, pair in pairs.items()},
    }


def _left(stats: bridge_pb2.GetStatsResponse, before: dict[str, int], after: dict[str, int]) -> dict[str, Any]:
    return {
        "rss_over_start": round(after["rss"] / before["rss"], 3),
        "left": {
            "jobs": stats.job_count,
            "slots": stats.avatar_slot_count + stats.dialogue_busy_count,
            "threads": max(0, after["threads"] - before["threads"]),
            "descriptors": max(0, after["descriptors"] - before["descriptors"]),
        },
    }


def faults(results: dict[str, Any]) -> list[str]:
    """The findings that fail the run."""
    found = [results["died"]] if "died" in results else []
    if results.get("unknown_or_internal"):
        found.append(f"{results['unknown_or_internal']} calls ended UNKNOWN or INTERNAL")
    for kind, honest in results.get("share_beside_honest", {}).items():
        if results["share_beside_hostile"][kind] < SHARE * honest:
            found.append(f"{kind}: beside a greedy client fewer answers are on time than beside an honest one")
    if results.get("rss_over_start", 1.0) > GROWTH:
        found.append(f"resident memory is {results['rss_over_start']} times its value at the start")
    found += [f"{count} {name} are left" for name, count in results.get("left", {}).items() if count]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run beside a background client")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    options = parser.parse_args(arguments)
    results: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    try:
        with serving() as server:
            notes = measure(server, options, results)
    except Died as death:
        results["died"] = str(death)
    rows = [(kind, *(results[side][kind] for side in ("share_beside_honest", "share_beside_hostile")))
            for kind in results.get("share_beside_honest", {})]  # fmt: skip
    show("A well-behaved client's answers on time", ("background", "honest", "greedy"), rows)
    wrong = faults(results)
    for fault in wrong:
        print(f"FAULT {fault}")
    finish("hostile", results, {**notes, "seconds": options.seconds, "alternations": options.alternations})
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
