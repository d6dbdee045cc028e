"""What a run came to, as the record in `summary.json`."""

import os
import platform
from dataclasses import dataclass
from typing import Any

from bridge.tools.demo.game import Game
from bridge.tools.demo.options import Options
from bridge.tools.demo.tally import Tally, joined
from bridge.v1 import bridge_pb2

MIB = 2**20


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """What the demo knows of its server."""

    seconds_to_ready: float
    cpu_seconds_to_ready: float
    cpu_seconds: float
    game_cpu_seconds: float
    stats: bridge_pb2.GetStatsResponse


def summarize(game: Game, server: ServerFigures) -> dict[str, Any]:
    """The record. `ok` is false on an error, a missing answer or a stale one; a slow machine is none of these."""
    options, stats = game.options, server.stats
    recognition = _work(joined([game.tallies["classify"], game.tallies["detect"]], options.budget("detect")))
    capabilities = {
        "avatar": _work(game.tallies["avatar"]) | {"frames_per_second": options.avatar_fps},
        "dialogue": _work(game.tallies["dialogue"]) | _speech(game),
        "recognition": recognition
        | {
            "classify": _work(game.tallies["classify"]) | {"pictures_per_second": options.classify_fps},
            "detect": _work(game.tallies["detect"]) | {"pictures_per_second": options.detect_fps},
        },
    }
    problems = _problems(game)
    return {
        "ok": not problems,
        "problems": problems,
        "seconds": options.seconds,
        "seconds_to_ready": round(server.seconds_to_ready, 2),
        "cpu_seconds_to_ready": round(server.cpu_seconds_to_ready, 2),
        "cpu_seconds": round(server.cpu_seconds, 2),
        "game_cpu_seconds": round(server.game_cpu_seconds, 2),
        "peak_rss_mib": round(stats.peak_resident_bytes / MIB, 1),
        "kv_pool_mib": round(stats.dialogue_pool_bytes / MIB, 1),
        "late_ticks": game.late_ticks,
        "capabilities": capabilities,
        "machine": machine(stats.device),
    }


def machine(device: str) -> dict[str, Any]:
    """Where it was measured."""
    return {
        "system": platform.system(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "device": device,
    }


def camera_rate(options: Options) -> str:
    """The pictures that go up, in words."""
    return (
        f"{options.classify_fps:g} pictures a second to classify and {options.detect_fps:g} to look for objects in, "
        "JPEG, from two cameras"
    )


def _work(tally: Tally) -> dict[str, Any]:
    return {
        "budget_ms": round(tally.budget * 1e3, 3),
        "requests": tally.sent,
        "in_budget": round(tally.in_budget, 4),
        "superseded": tally.superseded,
        "superseded_share": round(tally.superseded / tally.sent, 4) if tally.sent else 0.0,
        "refused": tally.refused,
        "missed": tally.missed,
        "missed_on_the_way": tally.missed_on_the_way,
        "stale": tally.stale,
        "failed": tally.failed,
        "repeated": tally.repeated,
        "carried": tally.carried,
        "p50_ms": round(tally.percentile(0.5) * 1e3, 2),
        "p99_ms": round(tally.percentile(0.99) * 1e3, 2),
        "mean_batch": round(tally.mean_batch, 2),
        "mean_ms": {part: round(millis, 3) for part, millis in tally.part_millis().items()},
    }


def _speech(game: Game) -> dict[str, Any]:
    exchanges = [exchange for conversation in game.conversations for exchange in conversation.exchanges]
    rates = [exchange.tokens_per_second for exchange in exchanges if exchange.tokens_per_second]
    tally = game.tallies["dialogue"]
    return {
        "first_token_ms": round(tally.percentile(0.5) * 1e3, 1),
        "tokens_per_second": round(sum(rates) / len(rates), 2) if rates else 0.0,
        "tokens": sum(exchange.tokens for exchange in exchanges),
        "late_tokens": sum(exchange.late_tokens for exchange in exchanges),
        "interrupted": sum(exchange.finish == "interrupted" for exchange in exchanges),
    }


def _problems(game: Game) -> list[str]:
    problems = [f"{fault} ({count} times)" for fault, count in game.faults.items()]
    for work, tally in game.tallies.items():
        missing = tally.sent - tally.ended + tally.silent
        for count, what in ((missing, "without any answer"), (tally.stale, "stale"), (tally.cancelled, "cancelled")):
            if count:
                problems.append(f"{work}: {count} {what}")
    problems += [
        f"dialogue: {exchange.finish}"
        for conversation in game.conversations
        for exchange in conversation.exchanges
        if exchange.finish.startswith("failed")
    ]
    return problems
