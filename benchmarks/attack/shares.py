"""The share of a well-behaved client's answers that are on time: alone, and beside a background client."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from attack.target import ROOT, Server

KINDS = ("pictures", "talk", "handshakes", "unread", "bundles")
_HERE = Path(__file__).parent
_SETTLE_SECONDS = 2.0
_BACKGROUND_BYTES = 20e6  # per second
_LEAST_RATE = 1e4  # bytes per second


def _start(script: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start a client as a process."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{_HERE.parent}", "GRPC_VERBOSITY": "NONE"}
    command = [sys.executable, str(_HERE / script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def share_alone(server: Server, seconds: float) -> float:
    """The well-behaved client's share."""
    with _start("game.py", server.address, seconds) as game:
        output, _ = game.communicate(timeout=seconds + 60)
    if game.returncode:
        return 0.0
    counts = json.loads(output.splitlines()[-1])
    print(f"    {counts}", flush=True)
    return sum(counts["in_budget"].values()) / max(1, sum(counts["asked"].values()))


def share_beside(server: Server, kind: str, manner: str, seconds: float, rate: float) -> tuple[float, float]:
    """The same beside a background client, and the bytes per second that it sent."""
    with _start("background.py", kind, manner, server.address, seconds + 30.0, rate) as background:
        assert background.stdout is not None
        began = time.monotonic()
        background.stdout.readline()
        time.sleep(_SETTLE_SECONDS)
        try:
            share = share_alone(server, seconds)
        finally:
            background.kill()
        took = time.monotonic() - began
        sent = [int(line) for line in background.stdout if line.strip().isdigit()]
    server.check(f"a {manner} client of {kind}")
    return share, max(_LEAST_RATE, (sent or [0])[-1] / took)


def paired(server: Server, kind: str, alternations: int, seconds: float) -> dict[str, Any]:
    """Shares beside greedy and honest background clients, alternating. Honest ones send as much as greedy ones did."""
    shares: dict[str, list[float]] = {"greedy": [], "honest": []}
    rate = _BACKGROUND_BYTES
    for number in range(alternations):
        for manner in ("greedy", "honest") if number % 2 == 0 else ("honest", "greedy"):
            share, sent = share_beside(server, kind, manner, seconds, rate)
            shares[manner].append(share)
            rate = sent if manner == "greedy" else rate
            print(f"{kind} {number + 1}/{alternations} {manner}: {share:.1%}, {sent / 1e6:.1f} MB/s", flush=True)
    return {**{manner: statistics.median(found) for manner, found in shares.items()}, "runs": shares}


def warm_up(server: Server, seconds: float) -> None:
    """Use every path once, as honest clients do."""
    for kind in KINDS:
        for manner in ("warm", "honest"):
            share_beside(server, kind, manner, seconds, _BACKGROUND_BYTES)
